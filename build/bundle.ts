import { copyFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { makeIcons } from './icons.ts';
import { lean } from './lean.ts';
import { buildUi } from './ui.ts';

/**
 * `npm run bundle`: what is shipped, in dist/. The proxy (alone, and for the app to load when it serves), the process that
 * holds weights, and the app around them. The two packages with native code stay packages.
 */

const top = fileURLToPath(new URL('..', import.meta.url));
const dist = join(top, 'dist');
/** What is loaded late, and most often never, by its file in dist/: a start neither reads it nor keeps it in memory. */
const LATE = {
  'metrics.cjs': 'proxy/metrics/registry.ts',
  'tracing.cjs': 'proxy/tracing/open.ts',
  'openapi.cjs': 'proxy/openapi/document.ts',
  'processes.cjs': 'proxy/memory/list-by-ps.ts',
};
/** To be shipped beside whatever serves. */
export const LATE_FILES = Object.keys(LATE);
const apart: Plugin = {
  name: 'late parts stay apart',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const target = relative(top, join(resolveDir, path));
      const late = Object.entries(LATE).find(([, entry]) => entry === target);
      return late && kind === 'dynamic-import' ? { path: `./${late[0]}`, external: true } : undefined;
    });
  },
};

/** The Node that Toaster needs, as in cli/start.cjs: the one that everything is tested with. */
export const NODE_MAJOR = 24;
/** How everything is bundled, whatever it is made into. */
export const shared: BuildOptions = {
  absWorkingDir: top,
  bundle: true,
  platform: 'node',
  sourcemap: true,
  external: ['electron', 'better-sqlite3', 'node-llama-cpp'],
  plugins: [apart, lean],
  logLevel: 'warning',
};

/** Bundles everything into dist/, the page with it, and draws the icons. */
export async function bundle(): Promise<void> {
  buildUi();
  await Promise.all([
    build({
      ...shared,
      entryPoints: {
        main: 'proxy/launch.ts',
        command: 'proxy/headless/command.ts',
        serve: 'proxy/serve.ts',
        'llamacpp-child': 'proxy/runtimes/llamacpp/child.ts',
        'quick-check-thread': 'proxy/doctor/quick-check-thread.ts',
      },
      outdir: 'dist',
      target: `node${NODE_MAJOR}`,
      format: 'esm',
      // Express and its friends are CommonJS and call require for Node's own modules.
      banner: {
        js: "import { createRequire as toasterRequire } from 'node:module'; const require = toasterRequire(import.meta.url);",
      },
    }),
    // Node's compile cache and its own modules are quicker with CommonJS than with modules of the new kind.
    build({
      ...shared,
      entryPoints: {
        toaster: 'proxy/main.ts',
        ...Object.fromEntries(Object.entries(LATE).map(([file, entry]) => [basename(file, '.cjs'), entry])),
      },
      outdir: 'dist',
      outExtension: { '.js': '.cjs' },
      target: `node${NODE_MAJOR}`,
      format: 'cjs',
      define: { 'import.meta.url': 'toasterUrl' },
      banner: { js: "const toasterUrl = require('node:url').pathToFileURL(__filename).href;" },
    }),
    build({
      ...shared,
      entryPoints: {
        main: 'electron/main.ts',
        preload: 'electron/preload.ts',
        updater: 'electron/updater.ts',
      },
      outdir: 'dist/electron',
      outExtension: { '.js': '.cjs' },
      // A sandboxed preload has to be CommonJS, and so is taken by the older Electron of the tests, too.
      target: 'node16',
      format: 'cjs',
    }),
  ]);
  copyFileSync(join(top, 'proxy', 'config', 'config.example.yaml'), join(dist, 'config.example.yaml'));
  makeIcons(dist);
}

if (import.meta.main) await bundle();
