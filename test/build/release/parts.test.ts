import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Lockfile } from '../../../build/licences.ts';
import { changesOf } from '../../../build/release/changelog.ts';
import { fill, writeCask, writeFormula } from '../../../build/release/homebrew.ts';
import { mergeFeeds } from '../../../build/release/merge-feed.ts';
import { type Sbom, shippedOf } from '../../../build/release/sbom.ts';
import { sha256, writeSums } from '../../../build/release/sums.ts';
import { tempFolder } from '../../helpers/temp-folder.ts';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const isRuby = (file: string) => spawnSync('ruby', ['-c', file], { encoding: 'utf8' });

describe('the version', () => {
  it('is that of package.json everywhere, and CHANGELOG.md knows it', () => {
    const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'));
    expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
    expect(changesOf(readFileSync(join(top, 'CHANGELOG.md'), 'utf8'), manifest.version)).toMatch(/^- /);
  });

  it('without news is none', () => {
    const changelog = '# Changelog\n\n## 1.1.0 (2026-01-01)\n\n- more\n- toast\n\n## 1.0.0\n\n';
    expect(changesOf(changelog, '1.1.0')).toBe('- more\n- toast\n');
    for (const version of ['1.0.0', '1.1', '2.0.0'])
      expect(() => changesOf(changelog, version)).toThrow(`says nothing of ${version}: add`);
  });
});

describe('Homebrew', () => {
  const releaseIn = (folder: string, homepage?: string) => ({
    version: '9.8.7',
    homepage,
    folder,
    url: 'https://example.org/v9.8.7/',
  });

  it('has a formula with address and sum', (context) => {
    const folder = tempFolder();
    const tarball = join(folder, 'toaster-9.8.7.tgz');
    writeFileSync(tarball, 'package');
    const file = writeFormula(releaseIn(folder, 'https://example.org'), tarball);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('url "https://example.org/v9.8.7/toaster-9.8.7.tgz"\n');
    expect(text).toContain(`sha256 "${sha256(tarball)}"\n`);
    expect(text).toContain('\n  homepage "https://example.org"\n');
    expect(text).not.toContain('{{');
    if (!has('ruby')) return context.skip('there is no ruby here that could read it');
    expect(isRuby(file)).toMatchObject({ status: 0, stdout: 'Syntax OK\n' });
  });

  it('has a cask only where there is a disk image for each chip', (context) => {
    const folder = tempFolder();
    const dmg = (arch: string) => join(folder, `Toaster-9.8.7-${arch}.dmg`);
    writeFileSync(dmg('arm64'), 'for Apple');
    expect(writeCask(releaseIn(folder))).toEqual({ why: 'there is no Toaster-9.8.7-x64.dmg here' });
    writeFileSync(dmg('x64'), 'for Intel');
    expect(writeCask(releaseIn(folder))).toEqual({ file: join(folder, 'toaster-app.rb') });
    const text = readFileSync(join(folder, 'toaster-app.rb'), 'utf8');
    expect(text).toContain(`arm:   "${sha256(dmg('arm64'))}"`);
    expect(text).toContain(`intel: "${sha256(dmg('x64'))}"`);
    expect(text).toContain('url "https://example.org/v#{version}/Toaster-#{version}-#{arch}.dmg"');
    expect(text).toContain('binary "#{appdir}/Toaster.app/Contents/Resources/ask"');
    expect(text).not.toMatch(/\{\{|homepage/);
    if (!has('ruby')) return context.skip('there is no ruby here that could read it');
    expect(isRuby(join(folder, 'toaster-app.rb'))).toMatchObject({ status: 0, stdout: 'Syntax OK\n' });
  });

  it('gets no template with a gap', () => {
    expect(fill('{{a}} #{b}', { a: '1' })).toBe('1 #{b}');
    expect(() => fill('{{a}}', {})).toThrow('{{a}}');
  });
});

describe('the bill of materials', () => {
  it('has what ships, the page too, and no tools', () => {
    const component = (name: string, purl = `pkg:npm/${name}@1.0.0`) => ({
      'bom-ref': `${name}@1.0.0`,
      name,
      version: '1.0.0',
      purl,
    });
    const all: Sbom = {
      bomFormat: 'CycloneDX',
      metadata: { component: { 'bom-ref': 'toaster@1.0.0', name: 'some-folder', type: 'library' } },
      components: [
        component('express'),
        component('react'),
        component('vitest'),
        component('cuda', 'pkg:npm/empty-npm-package@1.0.0'),
      ],
      dependencies: [
        { ref: 'toaster@1.0.0', dependsOn: ['express@1.0.0', 'react@1.0.0', 'vitest@1.0.0', 'cuda@1.0.0'] },
        { ref: 'vitest@1.0.0', dependsOn: ['express@1.0.0'] },
      ],
    };
    const packages: Lockfile['packages'] = {
      '': {},
      'node_modules/express': { version: '1.0.0' },
      'node_modules/react': { version: '1.0.0', dev: true },
      'node_modules/vitest': { version: '1.0.0', dev: true },
      'node_modules/cuda': { version: '1.0.0' },
    };
    const bill = shippedOf(all, { packages });
    expect(bill.components.map(({ name }) => name)).toEqual(['express', 'react']);
    expect(bill.dependencies).toEqual([
      { ref: 'toaster@1.0.0', dependsOn: ['express@1.0.0', 'react@1.0.0'] },
    ]);
    expect(bill.metadata.component).toMatchObject({ name: 'toaster', type: 'application' });
  });
});

describe('sums', () => {
  it('are those that sha256sum checks', (context) => {
    const folder = tempFolder();
    for (const name of ['b', 'a']) writeFileSync(join(folder, name), name);
    writeSums(folder);
    writeSums(folder);
    const text = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
    expect(text.match(/ {2}\w+$/gm)).toEqual(['  a', '  b']);
    if (!has('sha256sum')) return context.skip('there is no sha256sum here');
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder }).status).toBe(0);
  });
});

describe('the update feed', () => {
  const feed = (arch: string, version = '1.2.3') =>
    `version: ${version}\nfiles:\n  - url: Toaster-${version}-${arch}.zip\n    sha512: ${arch}sum\npath: Toaster-${version}-${arch}.zip\nsha512: ${arch}sum\n`;

  it('has the files of both chips', () => {
    const merged = parse(mergeFeeds([feed('arm64'), feed('x64')]));
    expect(merged.version).toBe('1.2.3');
    expect(merged.files.map(({ url }: { url: string }) => url)).toEqual([
      'Toaster-1.2.3-arm64.zip',
      'Toaster-1.2.3-x64.zip',
    ]);
    expect(merged.path).toBe('Toaster-1.2.3-arm64.zip');
  });

  it('is of one version', () => {
    expect(() => mergeFeeds([feed('arm64'), feed('x64', '1.2.2')])).toThrow('of 1.2.3 and 1.2.2');
    expect(() => mergeFeeds([])).toThrow('no feed');
  });
});
