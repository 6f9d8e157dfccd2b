import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessFacts } from './resident.ts';

/** So many processes (about a millisecond of reading) between two turns for requests. */
const AT_ONCE = 15;

const NAME = /^Name:\t(.*)$/m;
const PARENT = /^PPid:\t(\d+)$/m;
const RSS = /^VmRSS:\s+(\d+) kB$/m;

/**
 * All processes with memory of their own, out of /proc: nothing is spawned. One that cannot be read has ended or is
 * hidden (`hidepid`), and is not there. `proc`: the folder.
 */
export async function listLinuxProcesses(proc = '/proc'): Promise<ProcessFacts[]> {
  const ids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const found: ProcessFacts[] = [];
  for (const [index, id] of ids.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await nextTurn();
    const facts = factsOf(join(proc, id), Number(id));
    if (facts) found.push(facts);
  }
  return found;
}

/** Source: proc_pid_status(5) and proc_pid_cmdline(5). A file of /proc is made in memory: reading it waits for no disk. */
function factsOf(folder: string, pid: number): ProcessFacts | undefined {
  try {
    const status = readFileSync(join(folder, 'status'), 'latin1');
    const rss = RSS.exec(status)?.[1];
    // The kernel's own threads have no memory.
    if (rss === undefined) return undefined;
    const name = NAME.exec(status)?.[1] ?? '';
    const command = readFileSync(join(folder, 'cmdline'), 'utf8').replaceAll('\0', ' ').trim();
    return {
      pid,
      parent: Number(PARENT.exec(status)?.[1]),
      name,
      command: command === '' ? name : command,
      rss: Number(rss) * 1024,
    };
  } catch {
    return undefined;
  }
}
