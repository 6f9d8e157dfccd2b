import { spawn } from 'node:child_process';

export interface Ended {
  /** The exit code; null when it was ended because it took too long. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program without input, and ends it with all its children when it takes longer than `limitMs`. */
export function run(
  command: string,
  args: string[],
  { cwd, env, limitMs = 120_000 }: { cwd: string; env?: Record<string, string>; limitMs?: number },
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(env && { env }),
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.stderr += text;
    });
    // Some clients take no notice of SIGTERM.
    const limit = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), limitMs);
    child.once('error', (error) => {
      clearTimeout(limit);
      resolve({ ...ended, code: 127, stderr: error.message });
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ ...ended, code });
    });
  });
}
