import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `npm run ui`: the window's page, in dist/ui. `npm start` and the tests call `buildUi` and get it only when it is stale. */

const self = fileURLToPath(import.meta.url);
const top = fileURLToPath(new URL('..', import.meta.url));
const out = join(top, 'dist', 'ui');
const stamp = join(out, '.stamp');

/** Builds dist/ui when renderer/ or what it is made with changed; whether it did. Throws when that fails. */
export function buildUi(): boolean {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash()) return false;
  // A process of its own: whoever starts Toaster does not keep a bundler in memory, and a test's NODE_ENV would make it
  // the development build of React.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync(process.execPath, [self], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('The window could not be built; `npm run ui` says why.');
  return true;
}

async function bundle(): Promise<void> {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  const hash = sourcesHash();
  // Beside it and then in its place: two builds at once, or one that breaks off, leave a whole page.
  const fresh = `${out}-${process.pid}`;
  await build({
    configFile: false,
    root: join(top, 'renderer'),
    base: '/ui/',
    plugins: [react()],
    logLevel: 'warn',
    build: {
      outDir: fresh,
      emptyOutDir: true,
      target: 'chrome120',
      // An inlined file would be a `data:` address, which the page's policy forbids.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  writeFileSync(join(fresh, '.stamp'), hash);
  rmSync(out, { recursive: true, force: true });
  renameSync(fresh, out);
}

function sourcesHash(): string {
  const files = globSync('renderer/**/*.{ts,tsx,css,html,svg}', { cwd: top }).sort();
  const hash = createHash('sha256');
  for (const file of [...files, 'proxy/contract.ts', 'build/ui.ts', 'package-lock.json'])
    hash.update(`${file}\0`).update(readFileSync(join(top, file)));
  return hash.digest('hex');
}

if (import.meta.main) {
  process.env.NODE_ENV = 'production';
  await bundle();
}
