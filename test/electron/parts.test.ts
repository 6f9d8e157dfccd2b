import { EventEmitter } from 'node:events';
import type {
  App,
  LoginItemSettings,
  MenuItemConstructorOptions,
  NativeImage,
  PowerSaveBlocker,
  WebContents,
} from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { watchCrashes } from '../../electron/crashes.ts';
import type { IconName } from '../../electron/glance.ts';
import { handleShell, shellOver } from '../../electron/ipc.ts';
import { opensAtLogin, setOpensAtLogin } from '../../electron/login-item.ts';
import { PowerHold } from '../../electron/power-hold.ts';
import { quitInOrder } from '../../electron/quit.ts';
import { confine, denyPermissions, isOwnPage, WEB_PREFERENCES } from '../../electron/security.ts';
import { strangerQuestion } from '../../electron/stranger.ts';
import { TrayMenu } from '../../electron/tray-menu.ts';
import { type TrayPort, TrayView } from '../../electron/tray-view.ts';
import type { Shell } from '../../proxy/contract.ts';
import { until } from '../helpers/requests.ts';

const image = (name: string): NativeImage => ({ name }) as unknown as NativeImage;
const icons: Record<IconName, NativeImage> = {
  idle: image('idle'),
  toasting: image('toasting'),
  warn: image('warn'),
  critical: image('critical'),
};

describe('the icon in the menu bar', () => {
  it('is touched only where something changed', () => {
    const tray = { setImage: vi.fn(), setToolTip: vi.fn(), setTitle: vi.fn() } satisfies TrayPort;
    const view = new TrayView(tray, icons);
    for (let times = 0; times < 3; times += 1) view.show({ icon: 'toasting', title: '9B', tooltip: 'a' });
    view.show({ icon: 'toasting', title: '9B', tooltip: 'b' });
    expect(tray.setImage.mock.calls).toEqual([[icons.toasting]]);
    expect(tray.setTitle.mock.calls).toEqual([['9B', { fontType: 'monospacedDigit' }]]);
    expect(tray.setToolTip.mock.calls).toEqual([['a'], ['b']]);
  });

  it('has no title where the system has none', () => {
    const tray = { setImage: vi.fn(), setToolTip: vi.fn() } satisfies TrayPort;
    new TrayView(tray, icons).show({ icon: 'warn', title: '9B', tooltip: '' });
    expect(tray.setImage).toHaveBeenCalledOnce();
  });
});

describe('the menu of a right click', () => {
  const build = { buildFromTemplate: vi.fn((template: unknown) => template as never) };
  it('opens where it can, made at that moment', () => {
    const tray = { setContextMenu: vi.fn(), popUpContextMenu: vi.fn() };
    const menu = new TrayMenu(tray, build, () => [{ label: 'a' }], 'darwin');
    menu.changed();
    menu.open();
    expect(tray.setContextMenu).not.toHaveBeenCalled();
    expect(tray.popUpContextMenu).toHaveBeenCalledOnce();
  });

  it('belongs to the icon elsewhere, and is set anew only when it says something else', () => {
    const tray = { setContextMenu: vi.fn(), popUpContextMenu: vi.fn() };
    let template: MenuItemConstructorOptions[] = [{ label: 'a' }];
    const menu = new TrayMenu(tray, build, () => template, 'linux');
    menu.open();
    menu.changed();
    menu.changed();
    template = [{ label: 'b' }];
    menu.changed();
    expect(tray.setContextMenu).toHaveBeenCalledTimes(2);
    expect(tray.popUpContextMenu).not.toHaveBeenCalled();
  });
});

describe('App Nap', () => {
  it('is held off once, for as long as requests run', () => {
    const blocker = { start: vi.fn(() => 7), stop: vi.fn() } satisfies Pick<
      PowerSaveBlocker,
      'start' | 'stop'
    >;
    const hold = new PowerHold(blocker);
    for (const busy of [false, true, true, false, false, true]) hold.busy(busy);
    expect(blocker.start.mock.calls).toEqual([['prevent-app-suspension'], ['prevent-app-suspension']]);
    expect(blocker.stop.mock.calls).toEqual([[7]]);
  });
});

describe('opening at login', () => {
  const app = (settings: Partial<LoginItemSettings>) => ({
    getLoginItemSettings: () => settings as LoginItemSettings,
    setLoginItemSettings: vi.fn(),
  });
  it('is what the system says', () => {
    expect(opensAtLogin(app({ openAtLogin: true, status: 'requires-approval' }), 'darwin')).toBe(false);
    expect(opensAtLogin(app({ openAtLogin: false, status: 'enabled' }), 'darwin')).toBe(true);
    expect(opensAtLogin(app({ openAtLogin: true }), 'darwin')).toBe(true);
    expect(opensAtLogin(app({}), 'linux')).toBe(null);
  });

  it('tells when the person has to allow it', () => {
    const waiting = app({ status: 'requires-approval' });
    expect(() => setOpensAtLogin(waiting, 'darwin', true)).toThrow(/System Settings, General, Login Items/);
    expect(waiting.setLoginItemSettings).toHaveBeenCalledWith({ openAtLogin: true });
    expect(() => setOpensAtLogin(app({}), 'linux', true)).toThrow(/macOS only/);
  });
});

describe('what crosses between page and app', () => {
  const shell: Shell = {
    token: async () => 'secret',
    state: vi.fn(),
    change: vi.fn(),
    setOpenAtLogin: vi.fn(),
    installAsk: vi.fn(),
    openConfig: vi.fn(),
    showLog: vi.fn(),
    hide: vi.fn(),
  };
  type Handler = (event: { senderFrame: unknown }, ...args: unknown[]) => unknown;
  const handlers = new Map<string, Handler>();
  const ipcMain = { handle: (channel: string, handler: Handler) => void handlers.set(channel, handler) };
  handleShell(ipcMain as Parameters<typeof handleShell>[0], shell, (frame) => frame?.url === 'ours');

  it('arrives with its arguments, of Toaster’s own page only', async () => {
    const from = (url: string): Shell =>
      shellOver(async (channel, ...args) => handlers.get(channel)?.({ senderFrame: { url } }, ...args));
    expect(await from('ours').token()).toBe('secret');
    await from('ours').change({ title: 'none' });
    expect(shell.change).toHaveBeenCalledWith({ title: 'none' });
    await expect(from('http://evil/').token()).rejects.toThrow(/own page/);
    expect(handlers.size).toBe(Object.keys(shell).length);
  });
});

describe('the page’s place', () => {
  const proxy = 'http://127.0.0.1:11436';
  it.each([
    ['http://127.0.0.1:11436/ui/', true],
    ['http://127.0.0.1:11436/ui/#settings', true],
    ['http://127.0.0.1:11436/api/stress/report', false],
    ['http://127.0.0.1:11437/ui/', false],
    ['http://127.0.0.1:11436.evil.com/ui/', false],
    ['http://localhost:11436/ui/', false],
    ['file:///ui/', false],
    ['', false],
  ])('%s: %s', (address, own) => expect(isOwnPage(address, proxy)).toBe(own));

  it('is not left, https goes to the browser, and nothing else opens', () => {
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
    const shell = { openExternal: vi.fn(async () => undefined) };
    confine(contents as unknown as Pick<WebContents, 'on' | 'setWindowOpenHandler'>, () => proxy, shell);
    const go = (event: string, url: string): boolean => {
      const preventDefault = vi.fn();
      contents.emit(event, { url, preventDefault }, url);
      return preventDefault.mock.calls.length > 0;
    };
    expect(go('will-navigate', `${proxy}/ui/?a`)).toBe(false);
    expect(go('will-navigate', 'https://ollama.com/')).toBe(true);
    expect(go('will-redirect', 'file:///etc/passwd')).toBe(true);
    expect(go('will-attach-webview', '')).toBe(true);
    const open = contents.setWindowOpenHandler.mock.calls[0]?.[0] as (details: { url: string }) => unknown;
    expect(open({ url: 'x-apple.systempreferences:' })).toEqual({ action: 'deny' });
    expect(shell.openExternal.mock.calls).toEqual([['https://ollama.com/']]);
  });

  it('gets no permission, and no Node', () => {
    const session = {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
    };
    denyPermissions(session);
    const answer = vi.fn();
    session.setPermissionRequestHandler.mock.calls[0]?.[0](null, 'media', answer);
    expect(answer).toHaveBeenCalledWith(false);
    expect(session.setPermissionCheckHandler.mock.calls[0]?.[0]()).toBe(false);
    expect(WEB_PREFERENCES).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
  });
});

describe('what breaks', () => {
  const setup = () => {
    const [app, process] = [new EventEmitter(), new EventEmitter()];
    const parts = { log: vi.fn(), pageGone: vi.fn(), broke: vi.fn() };
    watchCrashes(app as unknown as Pick<App, 'on'>, process, parts);
    return { app, process, ...parts };
  };
  it('is written down and handed on', () => {
    const { app, process, log, pageGone, broke } = setup();
    process.emit('uncaughtException', new Error('a'));
    process.emit('unhandledRejection', new Error('b'));
    app.emit('render-process-gone', {}, {}, { reason: 'oom', exitCode: 5 });
    app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 6 });
    expect([log.mock.calls.length, pageGone.mock.calls.length, broke.mock.calls.length]).toEqual([4, 1, 2]);
  });

  it('is not what ended as it should', () => {
    const { app, log, pageGone } = setup();
    app.emit('render-process-gone', {}, {}, { reason: 'clean-exit', exitCode: 0 });
    app.emit('child-process-gone', {}, { type: 'Utility', reason: 'killed', exitCode: 9 });
    expect([log.mock.calls.length, pageGone.mock.calls.length]).toEqual([0, 0]);
  });
});

describe('quitting', () => {
  const setup = (end: () => Promise<void>) => {
    const app = Object.assign(new EventEmitter(), { exit: vi.fn() });
    const log = vi.fn();
    quitInOrder(app as unknown as Pick<App, 'on' | 'exit'>, { end, log });
    const quit = () => app.emit('before-quit', { preventDefault: () => undefined });
    return { quit, exit: app.exit, log };
  };
  it('waits for what runs, and not for a second time', async () => {
    const drained = Promise.withResolvers<void>();
    const { quit, exit } = setup(() => drained.promise);
    quit();
    expect(exit).not.toHaveBeenCalled();
    quit();
    expect(exit).toHaveBeenCalledOnce();
    drained.resolve();
    await until(() => exit.mock.calls.length === 2);
  });

  it('comes to its end when draining fails', async () => {
    const { quit, exit, log } = setup(() => Promise.reject(new Error('stuck')));
    quit();
    await until(() => exit.mock.calls.length === 1);
    expect(log).toHaveBeenCalledOnce();
  });
});

describe('the question about a stranger', () => {
  it('names it, and offers another port', () => {
    expect(strangerQuestion(11436, { name: 'python3', pid: 42 }, 11437)).toMatchObject({
      message: 'python3 (process 42) has port 11436',
      buttons: ['Use port 11437', 'Quit'],
      cancelId: 1,
    });
    expect(strangerQuestion(11436, null, null)).toMatchObject({
      message: 'Another program has port 11436',
      buttons: ['Quit'],
    });
  });
});
