import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Renames a damaged file to `FILE.corrupt-TS`, so that it can be looked at, and returns that path.
 * An earlier one is removed: nobody looks at two. `ts` is seconds since 1970. Throws what the file system says.
 */
export function moveAside(file: string, ts: number): string {
  const folder = dirname(file);
  const prefix = `${basename(file)}.corrupt-`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix)) rmSync(join(folder, name), { recursive: true });
  }
  const aside = join(folder, `${prefix}${Math.floor(ts)}`);
  renameSync(file, aside);
  // What SQLite keeps beside a database belongs to the damaged one, and would damage the next.
  for (const side of ['-wal', '-shm']) rmSync(file + side, { force: true });
  return aside;
}
