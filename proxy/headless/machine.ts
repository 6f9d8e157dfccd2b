import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { whoListens } from '../who-listens.ts';
import { stablePath } from './stable-path.ts';

/** What a command did: its exit code (127: there is no such program), and what it said. */
export interface Ran {
  code: number;
  output: string;
}

/** What of the machine a service is installed with. */
export interface Machine {
  platform: NodeJS.Platform;
  home: string;
  uid: number;
  user: string;
  env: NodeJS.ProcessEnv;
  /** Absolute paths of what a service runs. */
  node: string;
  program: string;
  run(command: readonly string[]): Promise<Ran>;
  /** The process of the Toaster that answers on a port; null when none does. */
  toasterOn(port: number): Promise<number | null>;
  wait(ms: number): Promise<void>;
  say(line: string): void;
  complain(line: string): void;
}

/** In the bundle this is in dist/, beside which cli/ stands. */
const PROGRAM = fileURLToPath(new URL('../cli/start.cjs', import.meta.url));

/** This machine. */
export function thisMachine(): Machine {
  const { platform, env } = process;
  const home = env.HOME || homedir();
  const uid = process.getuid?.() ?? 0;
  return {
    platform,
    home,
    uid,
    user: env.USER || env.LOGNAME || String(uid),
    env,
    node: stablePath(process.execPath),
    program: stablePath(PROGRAM),
    run: (command) => run(command, busEnv(env, uid)),
    async toasterOn(port) {
      const other = await whoListens(port);
      return other.kind === 'toaster' ? other.pid : null;
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    say: (line) => console.log(line),
    complain: (line) => console.error(line),
  };
}

/** `systemctl --user` finds the person's systemd by this variable, which some logins lack. */
const busEnv = (env: NodeJS.ProcessEnv, uid: number): NodeJS.ProcessEnv => ({
  XDG_RUNTIME_DIR: `/run/user/${uid}`,
  ...env,
});

function run([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
