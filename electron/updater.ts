import { autoUpdater } from 'electron-updater';
import type { Updater } from './updates.ts';

/** Electron-updater's, for this platform. It reads the address from the app-update.yml that the app was packed with. */
export const updater = (): Updater => autoUpdater;
