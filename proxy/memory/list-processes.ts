import { listLinuxProcesses } from './list-linux-processes.ts';
import type { ProcessFacts } from './resident.ts';

/** All processes; null when they cannot be listed. On Linux these are files to read, on macOS it is one spawn of `ps`. */
export async function listProcesses(): Promise<ProcessFacts[] | null> {
  const list = process.platform === 'linux' ? await listLinuxProcesses() : await listOthers();
  return list.length === 0 ? null : list;
}

async function listOthers(): Promise<ProcessFacts[]> {
  // Where it is not needed, the hundred files of its package are not read either.
  const { listByPs } = await import('./list-by-ps.ts');
  return listByPs();
}
