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
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: top,
    encoding: 'utf8',
  });
  const node = join(modules, '.bin', 'node');
  const version = result.status === 0 ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout : null;
  if (version?.startsWith('v24.')) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  console.error(
    result.status === 0
      ? `The dependencies are there, but not the Node 24 among them (${node}). Run: npm rebuild node`
      : 'The dependencies could not be installed. Check the network, then run: npm ci',
  );
  process.exit(1);
}
