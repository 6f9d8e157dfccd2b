import { join } from 'node:path';
import * as electron from 'electron';
import { pathsFrom } from '../proxy/paths.ts';
import { startApp } from './app.ts';
import { AppLog } from './app-log.ts';
import { placesOf } from './places.ts';

/** The menu-bar app's main process. */

const { app, dialog } = electron;

// First of all: a second start only brings the first one's window to the front.
if (!app.requestSingleInstanceLock()) app.quit();
else {
  const paths = pathsFrom(process.env);
  const places = placesOf(app, join(__dirname, '..'), paths);
  const log = new AppLog(places.appLog);
  // The packed app has this from its Info.plist.
  app.setActivationPolicy?.('accessory');
  app
    .whenReady()
    .then(() => startApp(electron, places, paths, log))
    .catch((error: unknown) => {
      log.write('Toaster did not start', error);
      dialog.showErrorBox(
        'Toaster did not start',
        `${error instanceof Error ? error.message : error}\n\nMore in ${log.file}.`,
      );
      app.exit(1);
    });
}
