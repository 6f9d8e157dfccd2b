import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLoopback } from '../../config/remote.ts';
import type { PullPlace, Weights } from '../types.ts';
import { readServer } from './server-environment.ts';

/** The home that its installer for Linux gives to the service, whose environment only the service itself may see. */
const SERVICE_HOME = '/usr/share/ollama';
const LOOK_MS = 3000;

/** Where the Ollama at `url` keeps models, as its server was told, and what of these weights is there. */
export async function placeOf(
  weights: Weights,
  url: string,
  platform = process.platform,
  read = readServer,
): Promise<PullPlace> {
  if (!isLoopback(url)) return { unseen: `it is that of the machine behind ${new URL(url).host}` };
  const { environment } = await read(url, platform, AbortSignal.timeout(LOOK_MS));
  const home = environment?.get('HOME') ?? (existsSync(SERVICE_HOME) ? SERVICE_HOME : null);
  const folder = environment?.get('OLLAMA_MODELS') || (home && join(home, '.ollama', 'models'));
  if (!folder) return { unseen: "where Ollama keeps its models, only its server's user can see" };
  return { folder, have: await partial(join(folder, 'blobs'), weights.size_gb * 1e9) };
}

/**
 * What has come of a pull that broke off. Ollama makes the file as long as it will be, with holes: what is in it is what is
 * on the disk. Which model it is of, its name does not tell, but its length does.
 */
async function partial(blobs: string, bytes: number): Promise<number> {
  try {
    const names = (await readdir(blobs)).filter((name) => name.endsWith('-partial'));
    const files = await Promise.all(names.map((name) => stat(join(blobs, name))));
    const own = files.filter(({ size }) => size > bytes * 0.9 && size < bytes * 1.1);
    return own.reduce((sum, { blocks }) => sum + blocks * 512, 0);
  } catch {
    // Not there yet, or not to be looked into: then nothing is known to be there.
    return 0;
  }
}
