import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sbom } from '../../build/release/sbom.ts';
import { sha256 } from '../../build/release/sums.ts';
import { release } from '../../build/release.ts';
import { VERSION } from '../../proxy/version.ts';

let folder = '';
const said: string[] = [];
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'toaster-release-test-'));
  // What a Mac made of this version, and of an earlier one.
  for (const name of [`Toaster-${VERSION}-arm64.dmg`, 'latest-mac.yml', 'Toaster-0.0.1-arm64.dmg', 'old.tgz'])
    writeFileSync(join(folder, name), name);
  await release({ into: folder, url: 'https://example.org/r', say: (line) => said.push(line) });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run release', () => {
  it('makes what this machine can, keeps what a Mac made of this version, and removes the rest', () => {
    const files = readdirSync(folder);
    for (const name of [
      `toaster-${VERSION}.tgz`,
      `toaster-${VERSION}.cdx.json`,
      'toaster.rb',
      'licences.txt',
      'CHANGES.md',
      `Toaster-${VERSION}-arm64.dmg`,
      'latest-mac.yml',
    ])
      expect(files).toContain(name);
    for (const name of ['Toaster-0.0.1-arm64.dmg', 'old.tgz']) expect(files).not.toContain(name);
    expect(said.join('\n')).toContain(
      `Not made: Homebrew's cask: there is no Toaster-${VERSION}-x64.dmg here.`,
    );
  });

  it('with a sum for each', () => {
    const lines = textOf('SHA256SUMS').trim().split('\n');
    expect(lines).toHaveLength(readdirSync(folder).length - 1);
    for (const line of lines) {
      const [sum, name = ''] = line.split('  ');
      expect(sum, name).toBe(sha256(join(folder, name)));
    }
  });

  it('and a formula for the very tarball', () => {
    const tarball = `toaster-${VERSION}.tgz`;
    expect(textOf('toaster.rb')).toContain(`url "https://example.org/r/${tarball}"`);
    expect(textOf('toaster.rb')).toContain(sha256(join(folder, tarball)));
  });

  it('says what is in it, under which terms', () => {
    const { bomFormat, components, dependencies } = JSON.parse(textOf(`toaster-${VERSION}.cdx.json`)) as Sbom;
    expect(bomFormat).toBe('CycloneDX');
    const names = components.map(({ name }) => name);
    for (const name of ['express', 'better-sqlite3', 'react', 'electron-updater'])
      expect(names).toContain(name);
    for (const name of ['vitest', 'vite', '@node-llama-cpp/linux-x64-cuda'])
      expect(names).not.toContain(name);
    const refs = new Set([`toaster@${VERSION}`, ...components.map((component) => component['bom-ref'])]);
    const strange = dependencies
      .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
      .filter((ref) => !refs.has(ref));
    expect(strange).toEqual([]);
    expect(textOf('licences.txt')).toMatch(/^express \d\S*\n\n.*MIT/ms);
  });

  it('has an archive that runs without npm, where the engine is installed', (context) => {
    const name = `toaster-${VERSION}-${process.platform}-${process.arch}`;
    const missing = said.find((line) => line.includes('the archive for this machine'));
    if (missing !== undefined) return context.skip(missing);
    execFileSync('tar', ['xzf', join(folder, `${name}.tar.gz`), '-C', folder]);
    const { stdout } = spawnSync(join(folder, name, 'cli', 'toaster'), ['--version'], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', TOASTER_NODE: process.execPath },
    });
    expect(stdout).toBe(`toaster ${VERSION}\n`);
    expect(readdirSync(join(folder, name, 'node_modules', '@node-llama-cpp'))).toHaveLength(1);
  });
});
