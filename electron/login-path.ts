import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** A person's shell may do a lot when it starts; nobody waits longer than this for it. */
const PATIENCE_MS = 3000;

/**
 * The folders of PATH in the person's terminal; an app that the Finder started has a shorter one. Null when the shell
 * does not say. `-i` as well as `-l`: many set PATH in a file that only interactive shells read.
 */
export async function loginPath(
  shell: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[] | null> {
  const paths = await Promise.all([pathOf(shell, '-lc', env), pathOf(shell, '-ilc', env)]);
  const known = paths.filter((path) => path !== null);
  return known.length === 0 ? null : [...new Set(known.flat())];
}

async function pathOf(shell: string, flags: string, env: NodeJS.ProcessEnv): Promise<string[] | null> {
  try {
    // `env` instead of `echo $PATH`: in fish that is a list. Whatever the start-up files print comes before.
    const { stdout } = await execute(shell, [flags, '/usr/bin/env'], {
      timeout: PATIENCE_MS,
      env,
      killSignal: 'SIGKILL',
    });
    return /^PATH=(.*)$/m.exec(stdout)?.[1]?.split(':').filter(Boolean) ?? null;
  } catch {
    // A shell without these flags, or one that hangs: then nobody knows.
    return null;
  }
}
