import type { utilityProcess as UtilityProcess } from 'electron';
import type { StartChild } from '../proxy/runtimes/llamacpp/child-process.ts';
import type { FromChild } from '../proxy/runtimes/llamacpp/protocol.ts';

const KEPT_STDERR = 2000;

/**
 * The embedded engine's process inside the app: Electron's own kind of child, since the packed app cannot run itself as
 * Node (that fuse is off). `module` is the child's program.
 */
export function utilityChild(
  utilityProcess: Pick<typeof UtilityProcess, 'fork'>,
  module: string,
): StartChild {
  return (events) => {
    const child = utilityProcess.fork(module, [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: 'Toaster engine',
    });
    let said = '';
    let pid: number | undefined;
    let killed = false;
    child.stderr?.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-KEPT_STDERR);
    });
    const end = (): void => {
      killed = true;
      // Before it runs there is nothing to kill. `child.kill` asks politely, and the engine has nothing to tidy up.
      if (pid === undefined) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone already; `exit` is on its way.
      }
    };
    child.once('spawn', () => {
      pid = child.pid;
      if (killed) end();
    });
    child.on('message', (message: FromChild) => events.message(message));
    child.once('exit', (code) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      events.exit(`exit code ${code}${last === '' ? '' : `: ${last}`}`);
    });
    return {
      get pid() {
        return pid;
      },
      send: (message) => child.postMessage(message),
      kill: end,
    };
  };
}
