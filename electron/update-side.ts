import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Electron from 'electron';
import type { AppLog } from './app-log.ts';
import type { Places } from './places.ts';
import type { SettingsFile } from './settings.ts';
import { type Updater, Updates } from './updates.ts';

export interface UpdateSideParts {
  electron: Pick<typeof Electron, 'app' | 'dialog'>;
  places: Places;
  settings: SettingsFile;
  log: AppLog;
}

/** Signed with a Developer ID, whose mark this is; an update has to be of the same, so another app could take none. */
const DEVELOPER_ID = '=anchor apple generic and certificate leaf[field.1.2.840.113635.100.6.1.13] exists';

/** Updates, made of the real app, its signature and dialogs. */
export function makeUpdates({ electron, places, settings, log }: UpdateSideParts): Updates {
  const { app, dialog } = electron;
  let possible: Promise<boolean> | null = null;
  return new Updates({
    possible: () => (possible ??= canBeUpdated(app.isPackaged)),
    wanted: () => settings.current.checkUpdates,
    async load() {
      // A bundle of its own: an app that looks for no updates has nothing of it in memory.
      const { updater } = (await import(pathToFileURL(places.updater).href)) as { updater(): Updater };
      return updater();
    },
    ask: async (question) => (await dialog.showMessageBox(question)).response,
    every: (ms, call) => setInterval(call, ms).unref(),
    log: (what, error) => log.write(what, error),
  });
}

/** Packed for macOS, with an address for updates (`TOASTER_UPDATE_URL` when it was packed), and signed. */
async function canBeUpdated(isPackaged: boolean): Promise<boolean> {
  if (!isPackaged || process.platform !== 'darwin') return false;
  return existsSync(join(process.resourcesPath, 'app-update.yml')) && (await isSigned());
}

function isSigned(): Promise<boolean> {
  const bundle = join(process.resourcesPath, '..', '..');
  return new Promise((resolve) => {
    execFile('/usr/bin/codesign', ['--verify', '-R', DEVELOPER_ID, bundle], (error) =>
      resolve(error === null),
    );
  });
}
