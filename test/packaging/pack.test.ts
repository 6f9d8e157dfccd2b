import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { enginePackage } from '../../build/pack/targets.ts';
import { pack } from '../../build/pack.ts';
import { writeElectronSkeleton, writeEngineStandIn } from './skeleton.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const target = { platform: 'darwin', arch: 'arm64' } as const;
const engine = enginePackage(target);

let folder = '';
let contents = '';
let asar: string[] = [];
let unpacked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'toaster-pack-'));
  const [electronDist, engineFolder] = [join(folder, 'electron'), join(folder, 'engine')];
  writeElectronSkeleton(electronDist);
  writeEngineStandIn(engineFolder, engine);
  await bundle();
  const out = join(folder, 'out');
  await pack({
    target,
    dirOnly: true,
    out,
    electronDist,
    electronVersion: '45.4.1',
    engineFolder,
    unsigned: true,
  });
  contents = join(globSync(join(out, 'packed/*/*/Toaster.app'))[0] ?? '', 'Contents');
  const asarTool = join(top, 'node_modules', '.bin', 'asar');
  const list = execFileSync(asarTool, ['list', join(contents, 'Resources', 'app.asar')], {
    encoding: 'utf8',
  });
  asar = list.split('\n').filter(Boolean);
  const root = join(contents, 'Resources', 'app.asar.unpacked');
  unpacked = globSync('**/*', { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed app', () => {
  it('lives in the menu bar alone', () => {
    const plist = readFileSync(join(contents, 'Info.plist'), 'utf8');
    expect(plist).toMatch(/<key>LSUIElement<\/key>\s*<true\/>/);
    expect(plist).toMatch(/<key>CFBundleIdentifier<\/key>\s*<string>dev\.toaster\.app</);
    expect(plist).toMatch(
      /<key>LSApplicationCategoryType<\/key>\s*<string>public\.app-category\.developer-tools</,
    );
  });

  it('has the sum of its archive in its Info.plist', () => {
    const plist = readFileSync(join(contents, 'Info.plist'), 'utf8');
    expect(plist).toMatch(
      /<key>ElectronAsarIntegrity<\/key>[\s\S]*<key>Resources\/app\.asar<\/key>[\s\S]*<string>[0-9a-f]{64}</,
    );
  });

  it('has every fuse off that would let somebody run other code in it', async () => {
    // The package's types want DOM's; its answer is a record of numbers by fuse.
    const { getCurrentFuseWire } = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))(
      '@electron/fuses',
    ) as { getCurrentFuseWire(file: string): Promise<Record<string, number>> };
    const wire = await getCurrentFuseWire(join(contents, '..'));
    const [on, off] = ['1'.charCodeAt(0), '0'.charCodeAt(0)];
    // runAsNode, cookies, NODE_OPTIONS, --inspect, integrity, only from asar, snapshot, file privileges
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((fuse) => wire[fuse])).toEqual([off, on, off, off, on, on, off, off]);
  });

  it('carries the bundles, and no sources, maps or packages that it does not run', () => {
    for (const file of [
      '/dist/electron/main.cjs',
      '/dist/electron/preload.cjs',
      '/dist/serve.js',
      '/dist/quick-check-thread.js',
      '/dist/metrics.cjs',
      '/dist/tracing.cjs',
      '/package.json',
    ])
      expect(asar).toContain(file);
    expect(asar.filter((file) => /\.(map|ts|md)$/.test(file) && !file.includes('@node-llama-cpp'))).toEqual(
      [],
    );
    const packages = asar.filter((file) => /^\/node_modules\/(@[^/]+\/)?[^@/]+$/.test(file));
    expect(packages.sort()).toEqual([
      `/node_modules/${engine}`,
      '/node_modules/better-sqlite3',
      '/node_modules/node-llama-cpp',
    ]);
    expect(asar.some((file) => file.startsWith('/out') || file.startsWith('/test'))).toBe(false);
    expect(statSync(join(contents, 'Resources', 'app.asar')).size).toBeLessThan(8e6);
  });

  it('has native files of this target only, outside of the archive, with all that the engine imports', () => {
    expect(unpacked.filter((file) => file.endsWith('.node')).sort()).toEqual([
      `node_modules/${engine}/bins/mac-arm64-metal/llama-addon.node`,
      'node_modules/better-sqlite3/prebuilds/darwin-arm64.node',
    ]);
    for (const file of [
      'package.json',
      'dist/llamacpp-child.js',
      'node_modules/node-llama-cpp/dist/bundle/index.js',
    ])
      expect(unpacked).toContain(file);
  });

  it('brings ask along, executable, and its icons', () => {
    expect(statSync(join(contents, 'Resources', 'ask')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(contents, 'Resources', 'ask'))).toEqual(readFileSync(join(top, 'cli', 'ask')));
    expect(readFileSync(join(contents, 'Resources', 'icon.icns')).toString('latin1', 0, 4)).toBe('icns');
    for (const state of ['idle', 'toasting', 'warn', 'critical'])
      for (const density of ['', '@2x'])
        expect(asar).toContain(`/dist/electron/icons/toaster-${state}Template${density}.png`);
  });
});
