import type * as Electron from 'electron';
import type { Status } from '../proxy/contract.ts';
import type { Paths } from '../proxy/paths.ts';
import type { AppLog } from './app-log.ts';
import { watchCrashes } from './crashes.ts';
import { EventClient } from './event-client.ts';
import { isBusy } from './glance.ts';
import { NoticePolicy } from './notices.ts';
import { Notifier } from './notifier.ts';
import type { Places } from './places.ts';
import { PowerHold } from './power-hold.ts';
import type { HostState } from './proxy-host.ts';
import { makeHost } from './proxy-side.ts';
import { quitInOrder } from './quit.ts';
import { makeScreenSide } from './screen-side.ts';
import { SettingsFile } from './settings.ts';
import { makeUpdates } from './update-side.ts';

/** Failed tries in a row after which a proxy counts as gone: a second or so, in which one that restarts is back. */
const GONE_AFTER = 3;

/** The app, once Electron is ready: everything is made here, and told of each other. */
export async function startApp(
  electron: typeof Electron,
  places: Places,
  paths: Paths,
  log: AppLog,
): Promise<void> {
  const { app, Menu, powerMonitor, powerSaveBlocker } = electron;
  const note = (what: string, error?: unknown): void => log.write(what, error);
  const settings = new SettingsFile(places.settings, note);
  const hold = new PowerHold(powerSaveBlocker);
  const policy = new NoticePolicy(
    () => settings.current,
    () => performance.now() / 1000,
  );
  // The keys for copy and paste are those of a menu, also in an app that shows none.
  const menu =
    process.platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }])
      : null;
  Menu.setApplicationMenu(menu);
  let status: Status | null = null;
  let before: HostState | null = null;

  const host = makeHost({ electron, paths, places, settings, log, changed: (state) => follow(state) });
  const updates = makeUpdates({ electron, places, settings, log });
  const now = { host: () => host.state, status: () => status };
  const parts = { electron, paths, places, settings, updates, log, ...now };
  const { popover, actions, open, refresh } = makeScreenSide(parts);
  const notifier = new Notifier({
    Notification: electron.Notification,
    coolAll: actions.coolAll,
    open,
    log: note,
  });

  const hear = (news: Status | null): void => {
    status = news;
    hold.busy(news !== null && isBusy(news));
    refresh();
  };
  const events = new EventClient(
    {
      status: hear,
      pressure: (pressure) => notifier.show(policy.pressure(pressure)),
      request: (line) => notifier.show(policy.request(line)),
      down(failures) {
        hear(null);
        if (failures % GONE_AFTER === 0) host.lost().then(orQuit, (error) => note('no proxy', error));
      },
    },
    note,
  );
  function follow(state: HostState): void {
    const isNew = before?.url !== state.url || before.mode !== state.mode;
    before = state;
    if (state.mode === 'starting') popover.close();
    else if (isNew) {
      events.follow(state.url);
      popover.reload();
    }
    refresh();
  }
  const orQuit = (goesOn: boolean): void => {
    if (!goesOn) app.quit();
  };

  watchCrashes(app, process, {
    log: note,
    pageGone: () => popover.restart(),
    broke() {
      notifier.show(policy.broke(log.file));
      host.restart().then(orQuit, (error) => note('the proxy did not start again', error));
    },
  });
  powerMonitor.on('resume', () => {
    host.woke();
    events.renew();
  });
  // A menu bar that is full hides the icon: opening the app again opens the window.
  app.on('activate', () => open());
  app.on('second-instance', () => open());
  // Without a window the app is still there.
  app.on('window-all-closed', () => undefined);
  quitInOrder(app, {
    async end() {
      popover.close();
      events.close();
      await host.close(5000);
    },
    log: note,
  });
  refresh();
  orQuit(await host.start());
  await updates.start();
}
