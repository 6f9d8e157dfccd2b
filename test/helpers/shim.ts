import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIM = fileURLToPath(new URL('../../cli/ask', import.meta.url));

export interface Ran {
  /** The exit code, or 128 + the signal. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  shell?: string;
  /** Undefined: no input at all, as in cron. */
  stdin?: string;
  env?: Record<string, string>;
  /** Called with what has come on stdout so far, and with a way to press Ctrl-C. */
  watch?: (stdout: string, interrupt: () => void) => void;
}

/** Runs the real shim in a real shell. */
export function runAsk(args: string[], { shell = 'sh', stdin, env = {}, watch }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, [SHIM, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: env.ASK_DATA_DIR ?? '/nonexistent', ...env },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that Ctrl-C reaches the shell and curl alike, and nobody else.
      detached: true,
    });
    const ran: Ran = { code: -1, stdout: '', stderr: '' };
    const interrupt = (): void => void process.kill(-(child.pid ?? 0), 'SIGINT');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      ran.stdout += text;
      watch?.(ran.stdout, interrupt);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      ran.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ ...ran, code: code ?? (signal === 'SIGINT' ? 130 : 128) }),
    );
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}

/** The shells of this machine in which the shim must run. */
export function shells(): string[] {
  const folders = (process.env.PATH ?? '').split(':');
  return ['sh', 'dash', 'bash', 'zsh'].filter((name) =>
    folders.some((folder) => existsSync(join(folder, name))),
  );
}
