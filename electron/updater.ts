import { autoUpdater } from 'electron-updater';
import type { Updater } from './updates.ts';

/** Electron-updater's, for this platform. It reads the address from the app-update.yml that the app was packed with. */
export function updater(): Updater {
  // By itself it gives each installation a number, and tells the server; here all are the same.
  autoUpdater.requestHeaders = { 'x-user-staging-id': 'none' };
  // What goes wrong is thrown, and written to app.log with the rest.
  autoUpdater.logger = null;
  return autoUpdater;
}
