import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { electronFor } from '../../build/electron-app.ts';
import type { Shell } from '../../proxy/contract.ts';
import { until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { AppHome, ended, findElectron, isAlive, startScreen, untilGone } from './electron.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const shots = join(top, 'test', 'electron', 'screenshots');
const found = findElectron();
const scratch = mkdtempSync(join(tmpdir(), 'toaster-electron-'));

declare const window: { toaster: Shell };

let screen: Awaited<ReturnType<typeof startScreen>>;
let command = '';
let first: string[] = [];
let toaster: TestToaster;
let home: AppHome;
let app: ElectronApplication | null = null;
const running: ChildProcess[] = [];

beforeAll(async () => {
  if ('missing' in found) return;
  await bundle();
  ({ command, args: first } = electronFor(found.dist, top, join(scratch, 'run')));
  screen = await startScreen();
});
afterAll(() => {
  screen?.end();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(async (ctx) => {
  if ('missing' in found) return ctx.skip(found.missing);
  toaster = await startToaster();
  home = new AppHome();
});
afterEach(async () => {
  await app?.close().catch(() => undefined);
  app = null;
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await toaster?.end();
  home?.remove();
});

const port = (): string => new URL(toaster.url).port;

async function launch(): Promise<ElectronApplication> {
  const env = home.env(port(), screen.display, toaster.folder);
  app = await _electron.launch({ executablePath: command, args: [...first, ...home.args], env });
  return app;
}

/** Opens the window as the Finder does with an app that runs already. */
async function openWindow(running: ElectronApplication): Promise<Page> {
  // The app attaches first; until then there is nothing to show. One after the other: an `activate` that came late would
  // open again what a test has just closed.
  await until(async () => {
    await running.evaluate(({ app: self }) => self.emit('activate'));
    return running.windows().length > 0;
  });
  const [page] = running.windows();
  if (!page) throw new Error('The window is gone again.');
  await page.waitForURL(`${toaster.url}/ui/`);
  return page;
}

const isVisible = (running: ElectronApplication): Promise<boolean> =>
  running.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()));

describe('the app on a running Toaster', () => {
  it('attaches, shows its page and hands it the contract’s functions and nothing else', async () => {
    const running = await launch();
    const page = await openWindow(running);
    expect(await isVisible(running)).toBe(true);
    await page.getByText('free for models').waitFor();
    const state = await page.evaluate(() => window.toaster.state());
    expect(state).toMatchObject({ proxy: 'attached', openAtLogin: null, ask: { link: null } });
    expect(await page.evaluate(() => Object.keys(window.toaster).sort())).toEqual(
      ['token', 'state', 'change', 'setOpenAtLogin', 'installAsk', 'openConfig', 'showLog', 'hide'].sort(),
    );
    const globals = '[typeof require, typeof process, typeof module]';
    expect(await page.evaluate(globals)).toEqual(['undefined', 'undefined', 'undefined']);
    expect(existsSync(join(toaster.folder, 'app.log'))).toBe(false);
    if (process.env.UPDATE_SCREENSHOTS === '1') {
      mkdirSync(shots, { recursive: true });
      await toaster.chat('say toast');
      await toaster.chat('say toast', { model: 'tiny' });
      await page.reload({ waitUntil: 'networkidle', timeout: 3000 }).catch(() => undefined);
      await page.screenshot({ path: join(shots, 'window.png') });
    }
  });

  it('a pin that the page sets with its token loads the model', async () => {
    const page = await openWindow(await launch());
    const status = await page.evaluate(async () => {
      const headers = {
        authorization: `Bearer ${await window.toaster.token()}`,
        'content-type': 'application/json',
      };
      const answer = await fetch('/api/models/fast-3b/pin', {
        method: 'PUT',
        headers,
        body: '{"pinned":true}',
      });
      return answer.status;
    });
    expect(status).toBe(200);
    await until(async () => {
      const answer = await fetch(`${toaster.fake.url}/api/ps`);
      return (await answer.text()).includes('llama3.2:3b');
    });
  });

  it('tells in its menu what the proxy does, and the menu’s items do it', async (ctx) => {
    if (process.platform !== 'linux') return ctx.skip('elsewhere the menu is made when it is opened');
    const running = await launch();
    // Electron's own class is listened to: the app has no door for tests.
    await running.evaluate(({ Menu }) => {
      const build = Menu.buildFromTemplate;
      Menu.buildFromTemplate = (template) => {
        Object.assign(globalThis, { template });
        return build(template);
      };
    });
    const labels = () =>
      running.evaluate(() => {
        const { template = [] } = globalThis as { template?: { label?: string }[] };
        return template.map(({ label }) => label ?? '-');
      });
    const click = (label: string) =>
      running.evaluate((_electron, start) => {
        const { template = [] } = globalThis as { template?: { label?: string; click?(): void }[] };
        template.find((item) => item.label?.startsWith(start))?.click?.();
      }, label);
    const untilSays = (line: RegExp) => until(async () => (await labels()).some((label) => line.test(label)));
    await toaster.chat('say toast');
    await untilSays(/^fast-9b .*, warm$/);
    expect((await labels())[0]).toMatch(/^Memory: normal, .* GB free for models$/);
    await click('fast-3b');
    await untilSays(/^fast-3b .*, warm$/);
    await click('Cool everything');
    await until(async () => !(await labels()).some((label) => label.endsWith(', warm')));
  });

  it('hides when the focus goes elsewhere and when the page says so, and lets go of nothing', async () => {
    const running = await launch();
    const page = await openWindow(running);
    const show = async (): Promise<void> => {
      await running.evaluate(({ app: self }) => self.emit('activate'));
      await until(() => isVisible(running));
    };
    await running.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('blur'));
    await until(async () => !(await isVisible(running)));
    await show();
    await page.evaluate(() => window.toaster.hide());
    await until(async () => !(await isVisible(running)));
    expect(page.isClosed()).toBe(false);
    await show();
    await page.getByRole('tab', { name: 'Now' }).waitFor();
    await until(async () => {
      // A window that was just shown may not take the first key yet.
      await running.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.sendInputEvent({ type: 'keyDown', keyCode: 'Escape' }),
      );
      return !(await isVisible(running));
    });
  });

  it('keeps its settings, refuses what is none, and installs ask', async () => {
    const page = await openWindow(await launch());
    const changed = await page.evaluate(() => window.toaster.change({ title: 'both', notifyDemotion: true }));
    expect(changed.settings).toEqual({
      title: 'both',
      notifyPressure: true,
      notifyDemotion: true,
      checkUpdates: false,
    });
    const refused = page.evaluate(() => window.toaster.change({ title: 'purple' as 'none' }));
    await expect(refused).rejects.toThrow(/not a setting of the app: title/);
    const installed = await page.evaluate(() => window.toaster.installAsk(true));
    expect(installed.ask).toEqual({ link: join(home.folder, '.local', 'bin', 'ask'), onPath: false });
    expect((await page.evaluate(() => window.toaster.installAsk(false))).ask.link).toBe(null);
  });

  it('stays on its own page', async () => {
    const running = await launch();
    const page = await openWindow(running);
    await page.evaluate("location.href = 'http://127.0.0.1:9/elsewhere'; undefined");
    await page.evaluate("open('http://127.0.0.1:9/other'); undefined");
    expect(page.url()).toBe(`${toaster.url}/ui/`);
    expect(running.windows()).toHaveLength(1);
    const asked = "navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)";
    expect(await page.evaluate(asked)).toBe('denied');
  });

  it('opens the first one’s window when it is started a second time', async () => {
    const running = await launch();
    await until(() => running.evaluate(({ app: self }) => self.listenerCount('second-instance') > 0));
    await until(async () => {
      const env = home.env(port(), screen.display, toaster.folder);
      expect(await ended(spawn(command, [...first, ...home.args], { env, stdio: 'ignore' }))).toBe(0);
      return isVisible(running);
    });
  });

  it('leaves no process behind when it is quit, and the other Toaster running', async () => {
    const running = await launch();
    await openWindow(running);
    const closed = running.waitForEvent('close');
    await running.evaluate(({ app: self }) => self.quit()).catch(() => undefined);
    await closed;
    app = null;
    await untilGone(scratch);
    expect((await fetch(`${toaster.url}/health`)).status).toBe(200);
  });

  it('loads a new page when the old one’s process was killed', async () => {
    const running = await launch();
    await openWindow(running);
    const next = running.waitForEvent('window');
    await running.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    await (await next).waitForURL(`${toaster.url}/ui/`);
    await until(() => existsSync(join(toaster.folder, 'app.log')));
  });
});

describe('the app where a stranger has the port', () => {
  it('asks it who it is, and loads nothing of it', async () => {
    const asked: string[] = [];
    const stranger = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      res.end('<script>alert(1)</script>');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const env = home.env(String((stranger.address() as AddressInfo).port), screen.display);
    app = await _electron.launch({ executablePath: command, args: [...first, ...home.args], env });
    await until(() => asked.length > 0);
    await app.evaluate(({ app: self }) => self.emit('activate'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(app.windows()).toHaveLength(0);
    expect(asked).toEqual(['GET /health']);
    app.process().kill('SIGKILL');
    app = null;
    await untilGone(scratch);
    stranger.close();
  });
});

describe('the engine’s process in the app', () => {
  it('hears and answers, and goes with the app, however that ends', async () => {
    const folder = mkdtempSync(join(scratch, 'engine-'));
    await buildEngineApp(folder);
    const own = electronFor((found as { dist: string }).dist, folder, join(folder, 'run'));
    const main = spawn(own.command, [...own.args, ...home.args], {
      env: home.env('1', screen.display),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.push(main);
    let said = '';
    main.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until(() => said.includes('heard'));
    expect(said).toContain('heard {"type":"loaded","file":"weights.gguf"}');
    const pid = Number(/pid (\d+)/.exec(said)?.[1]);
    expect(isAlive(pid)).toBe(true);
    main.kill('SIGKILL');
    await until(() => !isAlive(pid));
    await untilGone(folder);
  });
});

/** A small app around the real adapter, and a child around the real channel. */
async function buildEngineApp(folder: string): Promise<void> {
  const { build } = await import('esbuild');
  const at = (path: string): string => JSON.stringify(join(top, path));
  writeFileSync(
    join(folder, 'main.ts'),
    `import { app, utilityProcess } from 'electron';
     import { utilityChild } from ${at('electron/utility-child.ts')};
     app.whenReady().then(() => {
       const child = utilityChild(utilityProcess, __dirname + '/child.cjs')({
         message: (message) => console.log('heard ' + JSON.stringify(message) + ' pid ' + child.pid),
         exit: (why) => console.log('exit ' + why),
       });
       child.send({ type: 'load', file: 'weights.gguf', context: 1, parallel: 1, threads: 1 });
     });`,
  );
  writeFileSync(
    join(folder, 'child.ts'),
    `import { parentChannel } from ${at('proxy/runtimes/llamacpp/parent-channel.ts')};
     const { tell, listen } = parentChannel();
     listen((message) => tell({ type: 'loaded', file: message.file }), () => process.exit(0));
     setInterval(() => undefined, 1000);`,
  );
  await build({
    entryPoints: [join(folder, 'main.ts'), join(folder, 'child.ts')],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
    external: ['electron'],
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'engine-test', main: 'main.cjs' }));
}
