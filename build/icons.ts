import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appIcons } from './icons/app-icon.ts';
import { toIcns } from './icons/icns.ts';
import { toPng } from './icons/png.ts';
import { TRAY_STATES, trayIcon } from './icons/tray-icon.ts';

/** Draws the icons: those of the menu bar into `dist/electron/icons`, those of the app into `dist/icons`. */
export function makeIcons(dist: string): void {
  const tray = join(dist, 'electron', 'icons');
  const app = join(dist, 'icons');
  for (const folder of [tray, app]) mkdirSync(folder, { recursive: true });
  for (const state of TRAY_STATES) {
    // Names that Electron looks for: the larger one by `@2x`, and `Template` for the system to colour it.
    writeFileSync(join(tray, `toaster-${state}Template.png`), toPng(trayIcon(state, 16)));
    writeFileSync(join(tray, `toaster-${state}Template@2x.png`), toPng(trayIcon(state, 32)));
  }
  const pngs = new Map([...appIcons()].map(([size, picture]) => [size, toPng(picture)]));
  const png = (size: number): Buffer => {
    const file = pngs.get(size);
    if (!file) throw new Error(`There is no app icon of ${size} pixels.`);
    return file;
  };
  writeFileSync(join(app, 'icon.icns'), toIcns(png));
  writeFileSync(join(app, 'icon.png'), png(512));
}
