import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `npm run ui`: the window's page, in dist/ui. `npm start` and the tests call `buildUi` and get it only when it is stale. */

const top = fileURLToPath(new URL('..', import.meta.url));
const out = join(top, 'dist', 'ui');
const stamp = join(out, '.stamp');

/** Builds dist/ui when renderer/ or what it is made with changed; whether it did. */
export async function buildUi(): Promise<boolean> {
  const now = sourcesHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false;
  // Loaded only now: a start with a fresh page pays for no bundler.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  await build({
    configFile: false,
    root: join(top, 'renderer'),
    base: '/ui/',
    plugins: [react()],
    logLevel: 'warn',
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'chrome120',
      // An inlined file would be a `data:` address, which the page's policy forbids.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  writeFileSync(stamp, now);
  return true;
}

function sourcesHash(): string {
  const files = globSync('renderer/**/*.{ts,tsx,css,html,svg}', { cwd: top }).sort();
  const hash = createHash('sha256');
  for (const file of [...files, 'proxy/contract.ts', 'build/ui.ts', 'package-lock.json'])
    hash.update(`${file}\0`).update(readFileSync(join(top, file)));
  return hash.digest('hex');
}

if (import.meta.main) console.log((await buildUi()) ? 'dist/ui is built.' : 'dist/ui is fresh.');
