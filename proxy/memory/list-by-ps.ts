import { processes } from 'systeminformation';
import type { ProcessFacts } from './resident.ts';

/** All processes, by one spawn of `ps`. */
export async function listByPs(): Promise<ProcessFacts[]> {
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
