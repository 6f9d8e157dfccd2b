import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isFree, type Lockfile, licencesOf } from '../../build/licences.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const jsonIn = (name: string) => JSON.parse(readFileSync(join(top, name), 'utf8'));
const manifest = jsonIn('package.json');
const lock: Lockfile & {
  packages: Record<string, { integrity?: string; version?: string; link?: boolean }>;
} = jsonIn('package-lock.json');

describe('dependencies', () => {
  it('are pinned to one version each', () => {
    const wanted = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    for (const version of Object.values<string>(manifest.overrides))
      expect(version).toMatch(/@\d+\.\d+\.\d+$/);
  });

  it('and those of theirs by the lockfile, with the sum of their bytes', () => {
    const packages = Object.entries(lock.packages).filter(([place]) => place !== '');
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  });

  it('run no scripts of theirs when they are installed', () => {
    expect(readFileSync(join(top, 'build', 'setup.mjs'), 'utf8')).toContain("'--ignore-scripts'");
  });

  it('are looked at in CI', () => {
    const { jobs } = parse(readFileSync(join(top, '.github', 'workflows', 'ci.yml'), 'utf8'));
    const commands = jobs.dependencies.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(commands).toEqual(['npm audit --omit=dev --package-lock-only', 'npm run licences']);
    expect(manifest.scripts.licences).toBe('node build/licences.ts');
  });
});

describe('licences', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(top, 'build', 'licences.ts'), ...args], { encoding: 'utf8' });

  it('of all that runs at a person’s are free', () => {
    const { status, stdout, stderr } = run();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^MIT \(\d+\)\n/m);
  });

  it('know whatever is imported by what ships', () => {
    const names = licencesOf(lock).map(({ name }) => name);
    const sources = globSync('{proxy,electron,renderer}/**/*.{ts,tsx}', { cwd: top });
    const imported = sources.flatMap((file) =>
      [
        ...readFileSync(join(top, file), 'utf8').matchAll(
          /^(?:import|export)\b(?! type)[^'"`;]*?from '([^'.][^']*)'/gm,
        ),
      ].map(([, from = '']) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    );
    const packages = [...new Set(imported)].filter((name) => !isBuiltin(name));
    expect(packages.length).toBeGreaterThan(8);
    expect(packages.filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['scheduler', '@tanstack/virtual-core', 'electron', 'ms']));
    expect(names).not.toContain('vitest');
  });

  it('that are not, are named, and fail', () => {
    const file = join(tempFolder(), 'package-lock.json');
    const packages = {
      '': {},
      'node_modules/good': { version: '1.0.0', license: 'MIT', dependencies: { bad: '1' } },
      'node_modules/good/node_modules/bad': { version: '2.0.0', license: 'GPL-3.0-only' },
      'node_modules/silent': { version: '3.0.0' },
      'node_modules/tool': { version: '4.0.0', license: 'GPL-3.0-only', dev: true },
      'node_modules/react-dom': { version: '5.0.0', license: 'MIT', dev: true, dependencies: { part: '1' } },
      'node_modules/react-dom/node_modules/part': {
        version: '6.0.0',
        license: 'SEE LICENSE IN x',
        dev: true,
      },
    };
    writeFileSync(file, JSON.stringify({ packages }));
    const { status, stderr } = run(file);
    expect(status).toBe(1);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual([
      'bad 2.0.0 comes under GPL-3.0-only',
      'part 6.0.0 comes under SEE LICENSE IN x',
      'silent 3.0.0 comes under no licence',
    ]);
  });

  it.each<[string | null, boolean]>([
    ['MIT', true],
    ['(MIT OR GPL-2.0-only)', true],
    ['MIT AND GPL-2.0-only', false],
    ['(MIT AND ISC)', true],
    ['(AGPL-3.0-only OR LGPL-3.0-only)', false],
    ['GPL-3.0-only', false],
    ['UNLICENSED', false],
    ['', false],
    [null, false],
  ])('%s: %s', (licence, free) => {
    expect(isFree(licence)).toBe(free);
  });
});
