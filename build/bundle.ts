import { build } from 'esbuild';

/**
 * `npm run bundle`: what is shipped, in dist/. One file for the proxy and one for the process that holds weights; the
 * two packages with native code stay packages.
 */
await build({
  entryPoints: { main: 'proxy/main.ts', 'llamacpp-child': 'proxy/runtimes/llamacpp/child.ts' },
  absWorkingDir: new URL('..', import.meta.url).pathname,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  external: ['better-sqlite3', 'node-llama-cpp'],
  // Express and its friends are CommonJS and call require for Node's own modules.
  banner: {
    js: "import { createRequire as toasterRequire } from 'node:module'; const require = toasterRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
