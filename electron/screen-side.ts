import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Electron from 'electron';
import type { Status } from '../proxy/contract.ts';
import type { Paths } from '../proxy/paths.ts';
import { makeActions } from './actions.ts';
import type { AppLog } from './app-log.ts';
import { AskCommand } from './ask-command.ts';
import { glanceOf, type IconName } from './glance.ts';
import { handleShell } from './ipc.ts';
import { loginPath } from './login-path.ts';
import { type MenuActions, menuOf } from './menu.ts';
import type { Places } from './places.ts';
import { Popover, SIZE } from './popover.ts';
import type { HostState } from './proxy-host.ts';
import { confine, denyPermissions, isOwnPage } from './security.ts';
import type { SettingsFile } from './settings.ts';
import { makeShell } from './shell.ts';
import { TrayMenu } from './tray-menu.ts';
import { TrayView } from './tray-view.ts';
import type { Updates } from './updates.ts';
import { openWindow, placeWindow } from './window.ts';

export interface ScreenSideParts {
  electron: typeof Electron;
  paths: Paths;
  places: Places;
  settings: SettingsFile;
  updates: Updates;
  log: AppLog;
  /** What is known of the proxy; no status while it is not heard. */
  host(): HostState;
  status(): Status | null;
}

export interface ScreenSide {
  popover: Popover;
  actions: MenuActions;
  /** Opens the window; where there is no proxy to show, the menu says why. */
  open(tab?: string): void;
  /** Shows what is known now. */
  refresh(): void;
}

/** Icon, menu and window, and what the page can ask of them. */
export function makeScreenSide({
  electron,
  paths,
  places,
  settings,
  updates,
  log,
  host,
  status,
}: ScreenSideParts): ScreenSide {
  const { app, BrowserWindow, ipcMain, Menu, nativeImage, screen, session, shell, Tray } = electron;
  const note = (what: string, error?: unknown): void => log.write(what, error);
  const icons = loadIcons(nativeImage, places.icons);
  const tray = new Tray(icons.idle);
  const view = new TrayView(tray, icons);
  const ask = new AskCommand(places.ask, () => loginPath(process.env.SHELL || '/bin/zsh'));
  const popover = new Popover({
    open: () => openWindow(BrowserWindow, places.preload, () => popover.hide()),
    place: (icon) => placeWindow(screen, icon, SIZE),
    url: () => `${host().url}/ui/`,
    now: () => performance.now(),
    log: note,
  });
  const refresh = (): void => {
    view.show(glanceOf(status(), host(), settings.current.title));
    menu.changed();
  };
  const open = (tab?: string): void => (host().mode === 'starting' ? menu.open() : popover.show(tab));
  const actions = makeActions({
    electron,
    paths,
    ask,
    appLog: places.appLog,
    url: () => host().url,
    openTab: open,
    changed: refresh,
    log: note,
  });
  const menu = new TrayMenu(tray, Menu, () => menuOf(status(), host(), ask.link, actions));
  tray.on('click', (_event, bounds) => (host().mode === 'starting' ? menu.open() : popover.click(bounds)));
  tray.on('right-click', () => menu.open());

  denyPermissions(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => confine(contents, () => host().url, shell));
  handleShell(
    ipcMain,
    makeShell({
      app,
      electron: shell,
      paths,
      settings,
      ask,
      updates,
      proxy: () => (host().mode === 'attached' ? 'attached' : 'embedded'),
      exampleConfig: () => readFileSync(places.exampleConfig, 'utf8'),
      changed: refresh,
      hide: () => popover.hide(),
    }),
    // Of the page itself, not of a frame in it.
    (frame) => frame !== null && frame.parent === null && isOwnPage(frame.url, host().url),
  );
  return { popover, actions, open, refresh };
}

function loadIcons(
  nativeImage: typeof Electron.nativeImage,
  folder: string,
): Record<IconName, Electron.NativeImage> {
  // The file with `@2x` beside it is found by its name.
  const load = (name: IconName): Electron.NativeImage => {
    const image = nativeImage.createFromPath(join(folder, `toaster-${name}Template.png`));
    image.setTemplateImage(true);
    return image;
  };
  return { idle: load('idle'), toasting: load('toasting'), warn: load('warn'), critical: load('critical') };
}
