import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Lock {
  packages: Record<string, { version?: string } | undefined>;
}

/**
 * The folder of a package with native files, which npm installs only on the machine that it is for. Another one's is
 * fetched with `npm pack` in the version of package-lock.json, once.
 */
export function enginePackageFolder(name: string, top: string, cache: string): string {
  const installed = join(top, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')) as Lock;
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (version === undefined) throw new Error(`package-lock.json knows no ${name}`);
  const folder = join(cache, `${name.replace('/', '-')}-${version}`);
  if (existsSync(folder)) return folder;
  console.log(`Fetching ${name} ${version} ...`);
  const scratch = mkdtempSync(join(tmpdir(), 'toaster-pack-'));
  // npm checks the tarball against the registry's sum.
  execFileSync('npm', ['pack', `${name}@${version}`, '--silent'], {
    cwd: scratch,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [tarball = ''] = readdirSync(scratch);
  execFileSync('tar', ['xzf', tarball], { cwd: scratch });
  mkdirSync(cache, { recursive: true });
  renameSync(join(scratch, 'package'), folder);
  return folder;
}
