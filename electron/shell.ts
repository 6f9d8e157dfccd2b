import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { App, Shell as ElectronShell } from 'electron';
import type { AppState, Shell } from '../proxy/contract.ts';
import type { Paths } from '../proxy/paths.ts';
import { VERSION } from '../proxy/version.ts';
import type { AskCommand } from './ask-command.ts';
import { ensureConfig } from './config-file.ts';
import { opensAtLogin, setOpensAtLogin } from './login-item.ts';
import type { Kept, SettingsFile } from './settings.ts';
import type { Updates } from './updates.ts';

export interface ShellParts {
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;
  electron: Pick<ElectronShell, 'openPath' | 'showItemInFolder'>;
  paths: Paths;
  settings: SettingsFile;
  ask: AskCommand;
  updates: Pick<Updates, 'look' | 'state'>;
  proxy(): AppState['proxy'];
  /** The commented example of a config. */
  exampleConfig(): string;
  /** The settings are others now. */
  changed(): void;
  hide(): void;
}

/** What the page can ask of the app. */
export function makeShell(parts: ShellParts): Shell {
  const { app, electron, paths, settings, ask, updates } = parts;
  const { platform } = process;
  const state = async (): Promise<AppState> => ({
    settings: publicSettings(settings.current),
    openAtLogin: opensAtLogin(app, platform),
    ask: await ask.state(),
    updates: await updates.state(),
    proxy: parts.proxy(),
    version: VERSION,
  });
  return {
    token: async () => readFileSync(paths.adminToken, 'utf8').trim(),
    state,
    async change(changes) {
      // The port is the app's own affair.
      settings.change({ ...changes, port: settings.current.port });
      parts.changed();
      // Whoever switches it on, wants to see what comes of it.
      if (changes.checkUpdates === true) await updates.look(true);
      return state();
    },
    async setOpenAtLogin(open) {
      setOpensAtLogin(app, platform, open === true);
      return state();
    },
    async installAsk(install) {
      if (install === true) await ask.install();
      else await ask.remove();
      parts.changed();
      return state();
    },
    async openConfig() {
      ensureConfig(paths.config, parts.exampleConfig());
      const trouble = await electron.openPath(paths.config);
      if (trouble !== '') throw new Error(`${paths.config} was not opened: ${trouble}`);
    },
    async showLog() {
      mkdirSync(dirname(paths.log), { recursive: true, mode: 0o700 });
      electron.showItemInFolder(paths.log);
    },
    hide: async () => parts.hide(),
  };
}

function publicSettings({ port: _port, ...settings }: Kept): AppState['settings'] {
  return settings;
}
