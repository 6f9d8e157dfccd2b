import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * node-llama-cpp with the 78 packages that it imports, as one package without dependencies: 2 MB instead of 45. What it
 * would need to build llama.cpp or to fetch a model stays behind; Toaster does neither with it.
 *
 * It also loses the trial run of the libraries in a process of its own, for which it would start Electron as Node (that
 * fuse is off). Toaster's engine is a process of its own already; told on stderr, the loss would be taken for the reason
 * when that process dies.
 */
export async function bundleEngine(from: string, to: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string };
  // Two folders deep: it looks for its package.json two folders up, and for `llama` one.
  await build({
    entryPoints: { index: join(from, 'dist', 'index.js') },
    outdir: join(to, 'dist', 'bundle'),
    bundle: true,
    // In one piece it would wait for itself: some of its modules import each other and await at the top.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: ['electron', '@node-llama-cpp/*', '@reflink/*'],
    plugins: [noTrial],
    banner: {
      js: "import { createRequire as toasterRequire } from 'node:module'; const require = toasterRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  mkdirSync(join(to, 'dist', 'llama'), { recursive: true });
  for (const name of ['binariesGithubRelease.json', 'llama.cpp.info.json'])
    cpSync(join(from, 'llama', name), join(to, 'dist', 'llama', name));
  cpSync(join(from, 'LICENSE'), join(to, 'LICENSE'));
  const manifest = {
    name: 'node-llama-cpp',
    version,
    license: 'MIT',
    type: 'module',
    exports: './dist/bundle/index.js',
  };
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const noTrial: Plugin = {
  name: 'no trial run',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]testBindingBinary\.js$/ }, () => ({
      contents: 'export const testBindingBinary = async () => true;',
    }));
  },
};
