import { homedir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import type { Paths } from '../proxy/paths.ts';
import type { AskPlaces } from './install-ask.ts';

/** Where the parts of the app are, packed or built in the sources' folder. */
export interface Places {
  preload: string;
  icons: string;
  /** The proxy's bundle; loaded only when this app serves. */
  serve: string;
  /** The engine's program. Outside of the archive: it is a process of its own and loads the system's libraries. */
  engine: string;
  exampleConfig: string;
  /** The bundle with electron-updater; loaded only when updates are looked for. */
  updater: string;
  appLog: string;
  settings: string;
  ask: AskPlaces;
}

/** `dist`: the folder of the bundles, of which this is in `electron/`. */
export function placesOf(app: Pick<App, 'isPackaged' | 'getPath'>, dist: string, paths: Paths): Places {
  const home = process.env.HOME || homedir();
  const logs = process.platform === 'darwin' ? app.getPath('logs') : paths.data;
  return {
    preload: join(dist, 'electron', 'preload.cjs'),
    icons: join(dist, 'electron', 'icons'),
    serve: join(dist, 'serve.js'),
    engine: join(dist.replace(/app\.asar(?=\/|$)/, 'app.asar.unpacked'), 'llamacpp-child.js'),
    exampleConfig: join(dist, 'config.example.yaml'),
    updater: join(dist, 'electron', 'updater.cjs'),
    appLog: join(logs, 'app.log'),
    settings: join(paths.data, 'app.json'),
    ask: {
      shim: app.isPackaged ? join(process.resourcesPath, 'ask') : join(dist, '..', 'cli', 'ask'),
      mine: join(home, '.local', 'bin'),
      everyones: '/usr/local/bin',
    },
  };
}
