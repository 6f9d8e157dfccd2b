import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { tempFolder } from './helpers/temp-folder.ts';

const PROXY = fileURLToPath(new URL('../proxy/', import.meta.url));

/** Runs the launcher with a program beside it that says a word, on a data folder. */
function launch(data: string): string {
  const folder = tempFolder();
  for (const name of ['launch.ts', 'paths.ts']) copyFileSync(join(PROXY, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'toaster.cjs'), "console.log('started');");
  return execFileSync(
    'sh',
    ['-c', 'umask 022; exec "$0" "$1"', process.execPath, join(folder, 'launch.ts')],
    {
      env: { PATH: process.env.PATH ?? '', ASK_DATA_DIR: data },
      encoding: 'utf8',
    },
  );
}

it('keeps what was compiled in the data folder, which is nobody else’s from the first start on', () => {
  const data = join(tempFolder(), 'new', 'ask');
  expect(launch(data)).toBe('started\n');
  expect(readdirSync(data)).toEqual(['compiled']);
  expect(readdirSync(join(data, 'compiled'))).not.toEqual([]);
  for (const folder of [data, join(data, 'compiled')]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('starts where nothing can be kept, too', () => {
  const file = join(tempFolder(), 'no-folder');
  writeFileSync(file, '');
  expect(launch(file)).toBe('started\n');
});
