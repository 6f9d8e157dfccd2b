import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listProcesses } from '../../proxy/memory/list-processes.ts';

/** What a process holds while nothing is asked of it. */
export interface Held {
  /** In bytes. */
  rss: number;
  /** Open files and sockets; null where there is no /proc. */
  files: number | null;
  /** The processes that it has started, by their ids. */
  children: number[];
}

/** How long memory and connections may take to go. */
const SETTLE_MS = 10_000;

/** What a process holds as soon as that is `enough`, by itself or beside what it held a second before; at the latest after 10 s. */
export async function held(pid: number, enough: (now: Held, last: Held) => boolean): Promise<Held> {
  const until = performance.now() + SETTLE_MS;
  let last = await heldNow(pid);
  for (;;) {
    await sleep(1000);
    const now = await heldNow(pid);
    if (enough(now, last) || performance.now() > until) return now;
    last = now;
  }
}

async function heldNow(pid: number): Promise<Held> {
  const processes = (await listProcesses()) ?? [];
  return {
    rss: processes.find((one) => one.pid === pid)?.rss ?? 0,
    files: filesOf(pid),
    children: processes.filter(({ parent }) => parent === pid).map((child) => child.pid),
  };
}

function filesOf(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Those that still run. */
export function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
}
