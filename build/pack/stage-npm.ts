import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completions } from '../../proxy/ask/completions.ts';
import { manPage } from '../../proxy/ask/man-page.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { toasterPage } from '../../proxy/headless/man-page.ts';
import { LATE_FILES, NODE_MAJOR } from '../bundle.ts';
import { licenceTexts } from '../licence-texts.ts';
import { bundleEngine } from './bundle-engine.ts';
import { isShipped, manifestOf, writeJson } from './stage.ts';
import { ENGINES } from './targets.ts';

/** What of dist/ the headless program runs. */
const SHIPPED = [
  'ui',
  'main.js',
  'toaster.cjs',
  'command.js',
  'llamacpp-child.js',
  'quick-check-thread.js',
  'config.example.yaml',
  ...LATE_FILES,
];
const TEXTS = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'];

/**
 * Puts together the package that `npm install -g` takes. It has a manifest of its own: npm heeds `overrides` only at the top of
 * an installation, so that of the sources would bring the builds for CUDA and Vulkan, and packages that the bundles already
 * hold. Here better-sqlite3 and node-llama-cpp come along inside, without what nobody runs; of llama.cpp's libraries npm
 * fetches the one package for the machine, and where there is none, Toaster serves without the embedded engine.
 */
export async function stageNpm(top: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const name of SHIPPED)
    cpSync(join(top, 'dist', name), join(folder, 'dist', name), { recursive: true, filter: isShipped });
  cpSync(join(top, 'cli'), join(folder, 'cli'), { recursive: true });
  for (const name of TEXTS) cpSync(join(top, name), join(folder, name));
  writeFileSync(join(folder, 'licences.txt'), licenceTexts(top));
  writePages(folder);
  const modules = join(folder, 'node_modules');
  copySqlite(join(top, 'node_modules', 'better-sqlite3'), join(modules, 'better-sqlite3'));
  await bundleEngine(join(top, 'node_modules', 'node-llama-cpp'), join(modules, 'node-llama-cpp'));
  writeJson(join(folder, 'package.json'), npmManifest(top));
}

function npmManifest(top: string): object {
  const { version, description, license } = manifestOf(top);
  const versionOf = (name: string): string => manifestOf(join(top, 'node_modules', name)).version;
  const inside = Object.fromEntries(
    ['better-sqlite3', 'node-llama-cpp'].map((name) => [name, versionOf(name)]),
  );
  const engine = versionOf('node-llama-cpp');
  return {
    name: 'toaster',
    version,
    description,
    license,
    type: 'module',
    bin: { toaster: 'cli/toaster', ask: 'cli/ask' },
    man: ['man/ask.1', 'man/toaster.1'],
    engines: { node: `>=${NODE_MAJOR}` },
    os: ['darwin', 'linux'],
    dependencies: inside,
    bundleDependencies: Object.keys(inside),
    optionalDependencies: Object.fromEntries(Object.values(ENGINES).map((name) => [name, engine])),
  };
}

/** The pages of man, and what shells complete, for the tiers that are built in. */
function writePages(folder: string): void {
  const config = parseConfig('', 'built in');
  const pages: Record<string, string> = {
    'man/ask.1': manPage(config),
    'man/toaster.1': toasterPage(),
    'completions/ask.bash': completions('bash', config),
    'completions/_ask': completions('zsh', config),
    'completions/ask.fish': completions('fish', config),
  };
  for (const name of ['man', 'completions']) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text);
}

/** Its binaries of the systems that Toaster runs on; none of them is built, so what it is built from stays behind. */
function copySqlite(from: string, to: string): void {
  for (const name of ['LICENSE', 'lib']) cpSync(join(from, name), join(to, name), { recursive: true });
  for (const name of readdirSync(join(from, 'prebuilds')))
    if (!name.startsWith('win32')) cpSync(join(from, 'prebuilds', name), join(to, 'prebuilds', name));
  const { version, license } = manifestOf(from);
  writeJson(join(to, 'package.json'), { name: 'better-sqlite3', version, license, main: 'lib/index.js' });
}
