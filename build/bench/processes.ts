import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { NODE_FLAGS } from '../../proxy/headless/service-plan.ts';

/** How the bundled program is started where it is installed. */
export const TOASTER = [...NODE_FLAGS, 'dist/main.js'];

const started: ChildProcess[] = [];

export interface Program {
  url: string;
  pid: number;
}

/** Starts a program of this repository on this Node, and waits for the address that it prints. */
export async function startProgram(
  args: string[],
  env: Record<string, string> = {},
  address = /http:\/\/127\.0\.0\.1:\d+/,
): Promise<Program> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  let said = '';
  for await (const piece of child.stdout.iterator({ destroyOnReturn: false })) {
    said += piece;
    const url = address.exec(said)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, pid: child.pid ?? 0 };
  }
  throw new Error(`${args.join(' ')} ended: ${said}`);
}

/** Resident memory in MB. */
export function rssMb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

/** CPU time (ms) of all threads so far. Linux alone tells. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** Ends one of them. */
export async function stop({ pid }: Program): Promise<void> {
  const child = started.find((one) => one.pid === pid);
  if (child) await end(child);
}

export async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map(end));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
