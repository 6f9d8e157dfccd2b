import { listLinuxProcesses } from './list-linux-processes.ts';
import type { ProcessFacts } from './resident.ts';

/** All processes; null when they cannot be listed. On Linux these are files to read, on macOS it is one spawn of `ps`. */
export async function listProcesses(): Promise<ProcessFacts[] | null> {
  const list = process.platform === 'linux' ? await listLinuxProcesses() : await listByPs();
  return list.length === 0 ? null : list;
}

async function listByPs(): Promise<ProcessFacts[]> {
  // Where it is not needed, its hundred files are not read either.
  const { processes } = await import('systeminformation');
  const { list } = await processes();
  return list.map(({ pid, parentPid, name, command, params, path, memRss }) => ({
    pid,
    parent: parentPid,
    name,
    command: [path ? `${path}/${command}`.replaceAll('//', '/') : command, params].join(' ').trim(),
    // systeminformation reports kilobytes.
    rss: memRss * 1024,
  }));
}
