import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Found, ok, quoted, wrong } from '../../doctor/finding.ts';

const MAGIC = 'GGUF';

/** Whether what lies in the models folder are models: an error page that was saved as one looks like one. */
export async function examineFolder(folder: string): Promise<Found[]> {
  const files = existsSync(folder) ? (await readdir(folder)).filter((file) => file.endsWith('.gguf')) : [];
  const found = await Promise.all(
    files.map(async (file): Promise<Found[]> => {
      const path = join(folder, file);
      return (await isGguf(path)) ? [] : [wrong(`${path} is no GGUF`, `rm ${quoted(path)}`)];
    }),
  );
  const broken = found.flat();
  return broken.length > 0 ? broken : [ok(`embedded; ${files.length} models in ${folder}`)];
}

async function isGguf(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1') === MAGIC;
  } finally {
    await handle.close();
  }
}
