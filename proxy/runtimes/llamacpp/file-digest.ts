import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

const EDGE = 1024 * 1024;

/** Digests of GGUF files, remembered for as long as size and time stay the same. */
export class FileDigests {
  readonly #known = new Map<string, { seen: string; digest: string }>();

  /**
   * What tells one GGUF from another without reading gigabytes: its size, its time, its first and last megabyte, as
   * sha256 (hex). Null when it cannot be read.
   */
  async of(file: string): Promise<string | null> {
    try {
      const { size, mtimeMs } = await stat(file);
      const seen = `${size} ${mtimeMs}`;
      const known = this.#known.get(file);
      if (known?.seen === seen) return known.digest;
      const digest = await digestOf(file, size, seen);
      this.#known.set(file, { seen, digest });
      return digest;
    } catch {
      // Whatever keeps it from being read, the load will tell; without a digest the answer is only not cached.
      return null;
    }
  }
}

async function digestOf(file: string, size: number, seen: string): Promise<string> {
  await using handle = await open(file);
  const hash = createHash('sha256').update(seen);
  for (const position of [0, Math.max(0, size - EDGE)]) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(EDGE), 0, EDGE, position);
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest('hex');
}
