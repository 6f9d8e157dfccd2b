import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle, NODE_MAJOR } from '../../build/bundle.ts';
import { ENGINES } from '../../build/pack/targets.ts';
import { npmTarball } from '../../build/release/npm-tarball.ts';
import { VERSION } from '../../proxy/version.ts';
import { withTinyModel, yamlOn } from '../helpers/program.ts';
import { until } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const platform = `${process.platform}-${process.arch}` as keyof typeof ENGINES;
const engine = join('node_modules', ENGINES[platform] ?? 'none');

let folder = '';
let tarball = '';
/** Where npm put it: bin/, lib/ and share/ are below. */
let prefix = '';
const installed = () => join(prefix, 'lib', 'node_modules', 'toaster');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'toaster-npm-'));
  prefix = join(folder, 'prefix');
  await bundle();
  tarball = await npmTarball(top, join(folder, 'scratch'), folder);
  // Without a registry, as the tarball may be installed on a server that sees none: the engine is optional.
  execFileSync('npm', ['install', '-g', '--prefix', prefix, '--offline', tarball], {
    env: { PATH: process.env.PATH, HOME: folder, npm_config_cache: join(folder, 'cache') },
    stdio: 'pipe',
  });
  // What npm would have fetched is that of the sources' installation.
  if (existsSync(join(top, engine))) {
    mkdirSync(dirname(join(installed(), engine)), { recursive: true });
    symlinkSync(join(top, engine), join(installed(), engine));
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one of its commands to the end. */
function run(command: string, words: string[], env: Record<string, string> = {}) {
  return spawnSync(join(prefix, 'bin', command), words, {
    encoding: 'utf8',
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder, ...env },
  });
}

/** A Node of this machine that is too old. */
function oldNode(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return folders
    .map((path) => join(path, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
      return Number.parseInt(stdout.slice(1), 10) < NODE_MAJOR;
    });
}

describe('the package for npm', () => {
  it('carries what runs, the page, manuals and completions, and no sources, maps, tests or tools', () => {
    const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' })
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    for (const file of ['cli/toaster', 'cli/start.cjs', 'cli/ask', 'dist/ui/index.html', 'dist/main.js'])
      expect(files).toContain(file);
    for (const file of ['man/ask.1', 'man/toaster.1', 'completions/_ask', 'LICENSE', 'README.md'])
      expect(files).toContain(file);
    expect(files.filter((file) => /\.(ts|tsx|map|gguf)$|^(test|proxy|build|electron)\//.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => file.includes('win32') && file.endsWith('.node'))).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(12e6);
  });

  it('asks npm for nothing but the engine of the machine', () => {
    const { dependencies, optionalDependencies, bundleDependencies, engines } = JSON.parse(
      readFileSync(join(installed(), 'package.json'), 'utf8'),
    );
    expect(Object.keys(dependencies).sort()).toEqual(bundleDependencies.sort());
    expect(Object.keys(optionalDependencies).sort()).toEqual(Object.values(ENGINES).sort());
    expect(engines.node).toBe(`>=${NODE_MAJOR}`);
    expect(readFileSync(join(installed(), 'cli', 'start.cjs'), 'utf8')).toContain(`NEEDED = ${NODE_MAJOR};`);
    expect(globSync('*', { cwd: join(prefix, 'lib', 'node_modules') })).toEqual(['toaster']);
    expect(existsSync(join(prefix, 'share', 'man', 'man1', 'toaster.1'))).toBe(true);
  });

  it('serves, and its ask is answered by the engine', async (context) => {
    const home = tempFolder();
    const data = withTinyModel(join(home, 'data'));
    writeFileSync(join(home, 'config.yaml'), yamlOn('http://127.0.0.1:9'));
    const child = spawn(join(prefix, 'bin', 'toaster'), {
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: home,
        ASK_PORT: '0',
        ASK_DATA_DIR: data,
        ASK_CONFIG: join(home, 'config.yaml'),
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until(() => /listens on \S+/.test(said) || child.exitCode !== null);
    const url = /listens on (\S+)/.exec(said)?.[1] ?? '';
    const env = { ASK_URL: url, ASK_DATA_DIR: data };
    expect(run('ask', ['--version'], env).stdout).toBe(`toaster ${VERSION}\n`);
    const page = await fetch(`${url}/ui/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="page">')]);
    if (!existsSync(join(installed(), engine))) context.skip('llama.cpp’s libraries are not here');
    const answer = run('ask', ['--tiny', 'toast'], env);
    expect([answer.status, answer.stderr]).toEqual([0, '']);
    expect(answer.stdout.trim()).not.toBe('');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('has no warning of the engine’s bundle that would pass for the reason when its process dies', () => {
    const bundled = join(installed(), 'node_modules', 'node-llama-cpp', 'dist', 'bundle');
    const files = globSync('*.js', { cwd: bundled });
    expect(files).toContain('index.js');
    const texts = files.map((file) => readFileSync(join(bundled, file), 'utf8'));
    expect(texts.some((text) => text.includes('testBindingBinary'))).toBe(true);
    expect(texts.filter((text) => text.includes('Assuming the test passed'))).toEqual([]);
  });

  it('says which Node it needs where that is too old, and starts nothing', (context) => {
    const node = oldNode();
    if (node === undefined) return context.skip(`there is no Node older than ${NODE_MAJOR} here`);
    for (const words of [[], ['--help'], ['install-service']]) {
      const { status, stdout, stderr } = run('toaster', words, { TOASTER_NODE: node });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        new RegExp(`needs Node ${NODE_MAJOR} or later\\.\nGet one: npm install -g node@`),
      );
    }
  });

  it('says so where there is no Node at all', () => {
    const { status, stderr } = run('toaster', [], { TOASTER_NODE: join(folder, 'no-node') });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`Toaster needs Node ${NODE_MAJOR} or later`),
    ]);
  });

  it('knows its words: others are a fault of usage', () => {
    expect(run('toaster', ['--version']).stdout).toBe(`toaster ${VERSION}\n`);
    const wrong = run('toaster', ['sevre']);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('toaster knows no sevre')]);
  });

  it('would install itself as a service by whole paths', (context) => {
    if (!['linux', 'darwin'].includes(process.platform)) return context.skip('no services here');
    const { status, stdout } = run('toaster', ['install-service', '--print']);
    expect(status).toBe(0);
    expect(stdout).toContain(process.execPath);
    expect(stdout).toContain(join(installed(), 'cli', 'start.cjs'));
  });
});
