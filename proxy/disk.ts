import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How many bytes can still be written into a folder, or where it would be made. Throws what the file system says. */
export type FreeOnDisk = (folder: string) => Promise<number>;

export const freeOnDisk: FreeOnDisk = async (folder) => {
  if (!existsSync(folder) && dirname(folder) !== folder) return freeOnDisk(dirname(folder));
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};
