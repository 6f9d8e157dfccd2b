import { pathToFileURL } from 'node:url';
import type * as Electron from 'electron';
import { DEFAULT_PORT } from '../proxy/contract.ts';
import type { Paths } from '../proxy/paths.ts';
import { portHolder } from '../proxy/port-holder.ts';
import type { ServeOptions, Serving } from '../proxy/serve.ts';
import { whoListens } from '../proxy/who-listens.ts';
import type { AppLog } from './app-log.ts';
import type { Places } from './places.ts';
import { type HostState, ProxyHost } from './proxy-host.ts';
import type { SettingsFile } from './settings.ts';
import { nextFreePort, strangerQuestion } from './stranger.ts';
import { utilityChild } from './utility-child.ts';

export interface ProxySideParts {
  electron: Pick<typeof Electron, 'dialog' | 'utilityProcess'>;
  paths: Paths;
  places: Places;
  settings: SettingsFile;
  log: AppLog;
  changed(state: HostState): void;
}

/** The proxy that the app shows, made of the real network, dialogs and processes. */
export function makeHost({ electron, paths, places, settings, log, changed }: ProxySideParts): ProxyHost {
  const warn = (message: string): void => log.write(message);
  return new ProxyHost({
    port: portOf(process.env.ASK_PORT) ?? settings.current.port ?? DEFAULT_PORT,
    look: whoListens,
    async serve(port) {
      // Only an app that serves loads the proxy with its native code; one that attaches stays small.
      const proxy = (await import(pathToFileURL(places.serve).href)) as {
        serve(options: ServeOptions): Promise<Serving>;
      };
      const startChild = utilityChild(electron.utilityProcess, places.engine);
      return proxy.serve({ paths, port, startChild, warn });
    },
    async askAboutStranger(port) {
      const [holder, other] = await Promise.all([portHolder(port), nextFreePort(port)]);
      const { response } = await electron.dialog.showMessageBox(strangerQuestion(port, holder, other));
      if (other === null || response !== 0) return null;
      settings.change({ port: other });
      return other;
    },
    changed,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    log: (what, error) => log.write(what, error),
  });
}

function portOf(text: string | undefined): number | null {
  const port = Number(text);
  return text && Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}
