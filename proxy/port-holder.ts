import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A process that has a port. */
export interface PortHolder {
  name: string;
  pid: number;
}

type Run = (command: string, args: string[]) => Promise<string>;

const execute = promisify(execFile);
const PATHS = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs one of the system's tools; an app started from the Finder has a short PATH. */
const run: Run = async (command, args) => {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:${PATHS}`, LC_ALL: 'C' };
  const { stdout } = await execute(command, args, { timeout: 3000, env });
  return stdout;
};

/** Which process listens on a port of this machine; null where the system does not tell (another user's, no tool). */
export async function portHolder(port: number, ask: Run = run): Promise<PortHolder | null> {
  // lsof is part of macOS; a Linux machine has it or ss.
  const ways: (() => Promise<PortHolder | null>)[] = [
    async () => parseLsof(await ask('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])),
    async () => parseSs(await ask('ss', ['-Hltnp', `sport = :${port}`])),
  ];
  for (const way of ways) {
    const found = await way().catch(() => null);
    if (found) return found;
  }
  return null;
}

/** `p123\ncpython3\nf4`, of `lsof -Fpc`. */
export function parseLsof(text: string): PortHolder | null {
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  const name = /^c(.+)$/m.exec(text)?.[1];
  return pid && name ? { pid: Number(pid), name } : null;
}

/** `users:(("python3",pid=123,fd=4))`, of `ss -p`. */
export function parseSs(text: string): PortHolder | null {
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(text) ?? [];
  return pid && name ? { pid: Number(pid), name } : null;
}
