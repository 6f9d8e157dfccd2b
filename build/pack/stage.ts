import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LATE_FILES } from '../bundle.ts';
import { licenceTexts } from '../licence-texts.ts';
import { bundleEngine } from './bundle-engine.ts';
import { enginePackage, sqliteBinary, type Target } from './targets.ts';

export interface StageParts {
  top: string;
  target: Target;
  /** Where the app's files are put together; emptied first. */
  folder: string;
  /** The folder of the package with llama.cpp's libraries. */
  engineFolder: string;
}

/** What of dist/ the app runs; the headless program's entry is not. */
const SHIPPED = [
  'electron',
  'ui',
  'serve.js',
  'llamacpp-child.js',
  'quick-check-thread.js',
  ...LATE_FILES,
  'config.example.yaml',
];

/** Puts together what goes into the app: the bundles, and of the packages with native code what this target runs. */
export async function stage({ top, target, folder, engineFolder }: StageParts): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const name of SHIPPED) {
    const from = join(top, 'dist', name);
    // Without the page the app works, and shows what the proxy says instead of it.
    if (name === 'ui' && !existsSync(from)) continue;
    cpSync(from, join(folder, 'dist', name), { recursive: true, filter: isShipped });
  }
  writeFileSync(join(folder, 'licences.txt'), licenceTexts(top));
  const { version, description, license } = manifestOf(top);
  writeJson(join(folder, 'package.json'), {
    name: 'toaster',
    productName: 'Toaster',
    version,
    description,
    license,
    author: 'Toaster',
    type: 'module',
    main: 'dist/electron/main.cjs',
  });
  const modules = join(folder, 'node_modules');
  copySqlite(
    join(top, 'node_modules', 'better-sqlite3'),
    join(modules, 'better-sqlite3'),
    sqliteBinary(target),
  );
  cpSync(engineFolder, join(modules, enginePackage(target)), { recursive: true, filter: isShipped });
  await bundleEngine(join(top, 'node_modules', 'node-llama-cpp'), join(modules, 'node-llama-cpp'));
}

function copySqlite(from: string, to: string, binary: string): void {
  for (const name of ['package.json', 'LICENSE', 'lib', join('prebuilds', binary)])
    cpSync(join(from, name), join(to, name), { recursive: true });
}

/** No source maps, no types, no stamps. */
export const isShipped = (path: string): boolean => !/\.(map|d\.ts)$|\/\.[^/]+$/.test(path);

/** What of a package's manifest is passed on. */
export function manifestOf(folder: string): { version: string; description: string; license: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Writes a value as npm writes its manifests. */
export function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
