import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronFor } from './electron-app.ts';

/** `npm run app`: the menu-bar app, out of the sources' folder. */

const top = fileURLToPath(new URL('..', import.meta.url));

/** The folder of an Electron that is installed, or that `ELECTRON_OVERRIDE_DIST_PATH` names; null when there is none. */
export function electronDist(env: NodeJS.ProcessEnv = process.env): string | null {
  const folder = env.ELECTRON_OVERRIDE_DIST_PATH || join(top, 'node_modules', 'electron', 'dist');
  const program = process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
  return existsSync(join(folder, program)) ? folder : null;
}

/** Has the electron package fetch its program, which it does on first use, and shows how far it is. Null: it could not. */
export function fetchElectron(): string | null {
  console.log('Fetching Electron, about 120 MB, the first time only ...');
  const install = join(top, 'node_modules', 'electron', 'install.js');
  const { status } = spawnSync(process.execPath, [install], { stdio: 'inherit' });
  return status === 0 ? electronDist() : null;
}

/** Runs the app until it is quit; its exit code. */
export async function runApp(dist: string, args: string[] = []): Promise<number> {
  // Loaded only now: a headless start has no use for a bundler.
  const { bundle } = await import('./bundle.ts');
  await bundle();
  const { command, args: first } = electronFor(dist, top, join(top, 'dist', 'electron-run'));
  const child = spawn(command, [...first, ...args], { stdio: 'inherit' });
  // The app is told by the terminal as well, and ends in order; this waits for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<void> {
  const dist = electronDist() ?? (process.env.ELECTRON_OVERRIDE_DIST_PATH ? null : fetchElectron());
  if (dist !== null) process.exitCode = await runApp(dist, process.argv.slice(2));
  else {
    console.error(
      'There is no Electron here. ELECTRON_OVERRIDE_DIST_PATH can name the folder of one; npm run serve needs none.',
    );
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
