import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'SHA256SUMS';

/** The sum of a file's bytes, in hexadecimal. */
export function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Writes the sums of all files in a folder, for `sha256sum -c`. */
export function writeSums(folder: string): void {
  const files = readdirSync(folder).filter((name) => name !== NAME);
  const lines = files.sort().map((name) => `${sha256(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, NAME), lines.join(''));
}
