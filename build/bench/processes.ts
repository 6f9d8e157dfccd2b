import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

const started: ChildProcess[] = [];

export interface Program {
  url: string;
  pid: number;
}

/** Starts a program of this repository on this Node, and waits for the address that it prints. */
export async function startProgram(args: string[], env: Record<string, string> = {}): Promise<Program> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  let said = '';
  for await (const piece of child.stdout) {
    said += piece;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url !== undefined) return { url, pid: child.pid ?? 0 };
  }
  throw new Error(`${args.join(' ')} ended: ${said}`);
}

/** A Node that does nothing, for its memory. */
export function startBareNode(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
  started.push(child);
  return child.pid ?? 0;
}

/** Resident memory in MB. */
export function rssMb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

export async function stopAll(): Promise<void> {
  await Promise.all(
    started.splice(0).map(async (child) => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }),
  );
}
