import { processes } from 'systeminformation';
import type { ProcessFacts } from './resident.ts';

/** All processes; null when they cannot be listed. On macOS and Linux this is one spawn of `ps`. */
export async function listProcesses(): Promise<ProcessFacts[] | null> {
  const { list } = await processes();
  if (list.length === 0) return null;
  return list.map(({ pid, parentPid, name, command, params, path, memRss }) => ({
    pid,
    parent: parentPid,
    name,
    command: [path ? `${path}/${command}`.replaceAll('//', '/') : command, params].join(' ').trim(),
    // systeminformation reports kilobytes.
    rss: memRss * 1024,
  }));
}
