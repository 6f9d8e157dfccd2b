// Runs before `npm start` and `npm test`, under whatever Node there is: installs the dependencies when they are not
// those of package-lock.json. Node 24, which everything else runs on, is one of them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const modules = join(top, 'node_modules');
// Inside node_modules: whoever removes the folder removes the stamp, and `npm ci` begins by doing just that.
const stamp = join(modules, '.toaster-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(top, 'package-lock.json')))
  .digest('hex');

if (!isInstalled()) {
  install();
  writeFileSync(stamp, lock);
}

function isInstalled() {
  if (!existsSync(modules)) return false;
  if (lstatSync(modules).isSymbolicLink()) return true;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
}

function install() {
  console.log('Installing dependencies (npm ci); this takes a minute the first time ...');
  // No install scripts: everything comes with its binaries, and npm would run node-gyp for better-sqlite3 (its lockfile
  // does not carry `gypfile: false`), which needs a compiler and headers. Only `node` fetches its binary by a script.
  const result = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  const rebuilt = result.status === 0 ? npm(['rebuild', 'node']) : result;
  const node = join(modules, '.bin', 'node');
  const version = rebuilt.status === 0 ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout : null;
  if (version?.startsWith('v24.')) return;
  process.stderr.write(`${rebuilt.stdout ?? ''}${rebuilt.stderr ?? ''}`);
  console.error(
    result.status === 0
      ? `The dependencies are there, but not the Node 24 among them (${node}). Run: npm rebuild node`
      : 'The dependencies could not be installed. Check the network, then run: npm ci --ignore-scripts',
  );
  process.exit(1);
}

function npm(args) {
  return spawnSync('npm', [...args, '--loglevel=error'], { cwd: top, encoding: 'utf8' });
}
