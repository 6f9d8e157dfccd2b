import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stageNpm } from '../pack/stage-npm.ts';

/** The tarball that `npm install -g` takes, made of dist/; its path. `scratch` is a folder for what it is made of. */
export async function npmTarball(top: string, scratch: string, into: string): Promise<string> {
  const folder = join(scratch, 'npm');
  await stageNpm(top, folder);
  mkdirSync(into, { recursive: true });
  const said = execFileSync(
    'npm',
    ['pack', folder, '--pack-destination', into, '--ignore-scripts', '--json'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [{ filename }] = JSON.parse(said) as [{ filename: string }];
  return join(into, filename);
}
