import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from './bundle.ts';
import { licenceTexts } from './licence-texts.ts';
import { changesOf } from './release/changelog.ts';
import { writeCask, writeFormula } from './release/homebrew.ts';
import { linuxApp } from './release/linux-app.ts';
import { npmTarball } from './release/npm-tarball.ts';
import { portable } from './release/portable.ts';
import { sbomOf } from './release/sbom.ts';
import { writeSums } from './release/sums.ts';

/** `npm run release`: what this machine can make of a release, in dist/release, and what is left for a Mac. */

const top = fileURLToPath(new URL('..', import.meta.url));

export interface ReleaseOptions {
  /** Where the files go. What a Mac made of the same version stays there. */
  into: string;
  /** The address under which they will be. */
  url: string;
  say(line: string): void;
}

/** Makes them. Throws when the version is not the same everywhere, or the changelog does not know it. */
export async function release({ into, url, say }: ReleaseOptions): Promise<void> {
  const { version, homepage } = readJson('package.json');
  const locked = readJson('package-lock.json').version;
  if (locked !== version)
    throw new Error(`package-lock.json is of ${locked}, package.json of ${version}: npm install`);
  const changes = changesOf(readFileSync(join(top, 'CHANGELOG.md'), 'utf8'), version);
  const scratch = mkdtempSync(join(tmpdir(), 'toaster-release-'));
  const left: [string, string][] = [];
  const keep = (what: string, made: string | { file: string } | { why: string }): void => {
    if (typeof made !== 'string' && 'why' in made) left.push([what, made.why]);
  };
  try {
    clear(into, version);
    await bundle();
    const tarball = await npmTarball(top, scratch, into);
    keep('the archive for this machine', portable(top, join(scratch, 'npm'), into, version));
    keep('the packed app', await linuxApp(scratch, into, version));
    const brew = { version, homepage, folder: into, url };
    writeFormula(brew, tarball);
    keep("Homebrew's cask", writeCask(brew));
    writeFileSync(join(into, 'CHANGES.md'), changes);
    writeFileSync(join(into, 'licences.txt'), licenceTexts(top));
    writeFileSync(join(into, `toaster-${version}.cdx.json`), `${JSON.stringify(sbomOf(top), null, 2)}\n`);
    writeSums(into);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  for (const name of readdirSync(into).sort())
    say(`${(statSync(join(into, name)).size / 1e6).toFixed(1).padStart(8)} MB  ${name}`);
  for (const [what, why] of left) say(`Not made: ${what}: ${why}.`);
}

/** Removes what an earlier run left, but not what a Mac has made of this version. */
function clear(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const isOfAMac = /\.(dmg|zip)$/.test(name) && name.includes(`-${version}-`);
    if (!isOfAMac && name !== 'latest-mac.yml') rmSync(join(folder, name), { recursive: true });
  }
}

function readJson(name: string): { version: string; homepage?: string } {
  return JSON.parse(readFileSync(join(top, name), 'utf8'));
}

async function main(): Promise<void> {
  const into = join(top, 'dist', 'release');
  const url = process.env.TOASTER_RELEASE_URL;
  const dirty = execFileSync('git', ['status', '--porcelain'], { cwd: top, encoding: 'utf8' }).trim();
  if (dirty !== '') console.error(`Not committed, and yet in this release:\n${dirty}`);
  await release({ into, url: url ?? pathToFileURL(into).href, say: (line) => console.log(line) });
  if (url === undefined)
    console.log('The formula fetches from this folder; TOASTER_RELEASE_URL names where the files will be.');
  console.log('Left for a Mac, where build/release/mac.sh does it:');
  const script = readFileSync(join(top, 'build', 'release', 'mac.sh'), 'utf8');
  for (const [, what] of script.matchAll(/^ *step ['"](.*)['"]$/gm)) console.log(`  - ${what}`);
}

if (import.meta.main) await main();
