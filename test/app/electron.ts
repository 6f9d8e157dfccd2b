import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { electronDist } from '../../build/run-app.ts';
import { until } from '../helpers/requests.ts';

/** What the tests with a real Electron need of the machine. */

/** The folder of an Electron, or the reason why there is none to test with. */
export function findElectron(): { dist: string; version: string } | { missing: string } {
  const dist = electronDist();
  if (dist === null) return { missing: 'no Electron: ELECTRON_OVERRIDE_DIST_PATH names the folder of one' };
  if (process.platform === 'linux' && !process.env.DISPLAY && !onPath('Xvfb'))
    return { missing: 'no screen: neither DISPLAY nor Xvfb' };
  return { dist, version: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '') };
}

export const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** A screen of the test's own, so that nobody's windows get in the way; elsewhere than on Linux the machine's. */
export async function startScreen(): Promise<{ display: string; end(): void }> {
  if (process.platform !== 'linux' || !onPath('Xvfb'))
    return { display: process.env.DISPLAY ?? '', end: () => undefined };
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.once('exit', () => reject(new Error('Xvfb ended')));
    xvfb.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  return { display: `:${number}`, end: () => void xvfb.kill() };
}

/** Folders for one run of the app, away from the person's. */
export class AppHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'toaster-app-'));
  readonly profile = join(this.folder, 'profile');
  readonly log = join(this.folder, 'data', 'app.log');

  /** `data`: the folder of the proxy that the app attaches to. */
  env(port: string, display: string, data = join(this.folder, 'data')): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      SHELL: '/bin/sh',
      DISPLAY: display,
      ASK_PORT: port,
      ASK_DATA_DIR: data,
      ASK_CONFIG: join(data, 'config.yaml'),
    };
  }

  get args(): string[] {
    // Tests often run as root and without a graphics card.
    return ['--no-sandbox', '--disable-gpu', `--user-data-dir=${this.profile}`];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // Nobody has this number any more.
    return false;
  }
}

/** The processes whose program lies in a folder; none where there is no /proc to tell. */
export function processesOf(folder: string): number[] {
  return globSync('/proc/[0-9]*/exe')
    .filter((link) => {
      try {
        return readlinkSync(link).startsWith(folder);
      } catch {
        // Ended in between.
        return false;
      }
    })
    .map((link) => Number(link.split('/')[2]));
}

/** Waits for a program's end; its exit code. */
export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

export const untilGone = (folder: string): Promise<void> => until(() => processesOf(folder).length === 0);
