import type { ResidentMemory } from '../contract.ts';

/** A process as the probe sees it. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  /** The program's own name. */
  name: string;
  /** The whole command line. */
  command: string;
  /** Resident bytes. */
  rss: number;
}

/** A child of Toaster's that holds weights, by its module's name. */
const ENGINE = /llamacpp[/-]child\.[jt]s\b/;

/** A runner of Ollama by its command line, whoever its parent is: `llama-server` is other software's name, too. */
const RUNNER = /(?:llama-server|ollama_llama_server)\b.*\/blobs\/sha256-|\bollama(?:\.exe)? runner\b/;
const SERVER = /(?:^|\/)ollama(?:\.exe)?\s+serve\b/;

/** Who holds how much, `toaster` being its process. `null` for processes: they could not be listed. */
export function residentMemory(processes: readonly ProcessFacts[] | null, toaster: number): ResidentMemory {
  if (processes === null) return { ollama: null, orphans: null, llamacpp: null, toaster: null };
  const servers = new Set(processes.filter(isServer).map(({ pid }) => pid));
  const family = withDescendants(servers, processes);
  const sum = (of: (process: ProcessFacts) => boolean): number =>
    processes.filter(of).reduce((all, { rss }) => all + rss, 0);
  return {
    ollama: sum(({ pid }) => family.has(pid)),
    orphans: sum((process) => !family.has(process.pid) && RUNNER.test(process.command)),
    llamacpp: sum(({ parent, command }) => parent === toaster && ENGINE.test(command)),
    toaster: sum(({ pid }) => pid === toaster),
  };
}

/** The runners that a dead Ollama left behind: their process ids. */
export function orphanPids(processes: readonly ProcessFacts[]): number[] {
  const family = withDescendants(new Set(processes.filter(isServer).map(({ pid }) => pid)), processes);
  return processes
    .filter(({ pid, command }) => !family.has(pid) && RUNNER.test(command))
    .map(({ pid }) => pid);
}

const isServer = ({ name, command }: ProcessFacts): boolean => SERVER.test(command) || name === 'Ollama';

function withDescendants(roots: ReadonlySet<number>, processes: readonly ProcessFacts[]): Set<number> {
  const all = new Set(roots);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const { pid, parent } of processes) if (all.has(parent)) all.add(pid);
  }
  return all;
}
