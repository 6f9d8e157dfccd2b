import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../build/bench/free-port.ts';
import { bundle } from '../../build/bundle.ts';
import { electronFor } from '../../build/electron-app.ts';
import type { Shell } from '../../proxy/contract.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster } from '../helpers/toaster.ts';
import { AppHome, findElectron, isAlive, startScreen, untilGone } from './electron.ts';

/** The app with a proxy of its own, for which something else stands in: an old Electron cannot run the real one. */

const top = fileURLToPath(new URL('../..', import.meta.url));
const found = findElectron();
const scratch = mkdtempSync(join(tmpdir(), 'toaster-embedded-'));

declare const window: { toaster: Shell };

let screen: Awaited<ReturnType<typeof startScreen>>;
let command = '';
let first: string[] = [];
let home: AppHome;
let data: string;
let app: ElectronApplication | null = null;

beforeAll(async () => {
  if ('missing' in found) return;
  await bundle();
  const folder = join(scratch, 'app');
  cpSync(join(top, 'dist', 'electron'), join(folder, 'dist', 'electron'), {
    recursive: true,
    filter: (path) => !path.includes('electron-run'),
  });
  await build({
    entryPoints: {
      serve: join(top, 'test/app/stub-serve.ts'),
      'llamacpp-child': join(top, 'test/app/stub-engine.ts'),
    },
    outdir: join(folder, 'dist'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
  });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'toaster', main: 'dist/electron/main.cjs' }),
  );
  ({ command, args: first } = electronFor(found.dist, folder, join(scratch, 'run')));
  screen = await startScreen();
});
afterAll(() => {
  screen?.end();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach((ctx) => {
  if ('missing' in found) return ctx.skip(found.missing);
  home = new AppHome();
  data = join(home.folder, 'data');
  mkdirSync(data);
});
afterEach(async () => {
  await app?.close().catch(() => undefined);
  app = null;
  await untilGone(scratch);
  home?.remove();
});

const noted = (): string[] =>
  existsSync(join(data, 'stub.log')) ? readFileSync(join(data, 'stub.log'), 'utf8').trim().split('\n') : [];

async function launch(port: string): Promise<ElectronApplication> {
  const env = home.env(port, screen.display, data);
  app = await _electron.launch({ executablePath: command, args: [...first, ...home.args], env });
  return app;
}

const enginePid = (): number =>
  Number(
    noted()
      .findLast((line) => /^engine \d/.test(line))
      ?.split(' ')[1],
  );

describe('the app where nobody serves', () => {
  it('serves, shows it, and when quit lets answers end and takes the engine along', async () => {
    const port = String(await freePort());
    const running = await launch(port);
    await until(() => enginePid() > 0);
    expect(noted()).toContain(`serve ${port}`);
    const shown = running.waitForEvent('window');
    await running.evaluate(({ app: self }) => self.emit('activate'));
    const page = await shown;
    await page.waitForURL(`http://127.0.0.1:${port}/ui/`);
    expect(await page.evaluate(() => window.toaster.state())).toMatchObject({ proxy: 'embedded' });
    expect(await page.evaluate(() => window.toaster.token())).toBe('stub-token');
    const closed = running.waitForEvent('close');
    running.process().kill('SIGTERM');
    await closed;
    app = null;
    await untilGone(scratch);
    expect(noted()).toContain('close 5000');
  });

  it('leaves no engine behind when it is killed', async () => {
    const running = await launch(String(await freePort()));
    await until(() => enginePid() > 0);
    const engine = enginePid();
    expect(isAlive(engine)).toBe(true);
    running.process().kill('SIGKILL');
    app = null;
    await until(() => !isAlive(engine));
    await untilGone(scratch);
  });

  it('begins anew after an error that nobody caught, and writes it down', async () => {
    const port = String(await freePort());
    const running = await launch(port);
    await until(() => enginePid() > 0);
    await running.evaluate(() => {
      setTimeout(() => {
        throw new Error('a slice got stuck');
      });
    });
    await until(() => noted().filter((line) => line === `serve ${port}`).length === 2);
    expect(noted()).toContain('close 0');
    expect(readFileSync(join(data, 'app.log'), 'utf8')).toContain('a slice got stuck');
    expect((await jsonOf(await fetch(`http://127.0.0.1:${port}/health`))).version).toBe('stub');
  });

  it('renews its connections when the machine wakes up', async () => {
    const running = await launch(String(await freePort()));
    await until(() => enginePid() > 0);
    await running.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    await until(() => noted().includes('woke'));
  });
});

describe('the app on a Toaster that goes away', () => {
  it('takes over its port', async () => {
    const toaster = await startToaster();
    const { port } = new URL(toaster.url);
    const running = await launch(port);
    const shown = running.waitForEvent('window');
    const again = setInterval(() => void running.evaluate(({ app: self }) => self.emit('activate')), 300);
    const page = await shown;
    clearInterval(again);
    await page.waitForURL(`${toaster.url}/ui/`);
    expect(await page.evaluate(() => window.toaster.state())).toMatchObject({ proxy: 'attached' });
    expect(noted()).toEqual([]);
    await toaster.end();
    await until(() => noted().includes(`serve ${port}`));
    await page.waitForFunction('document.title === "stub"');
    expect(await page.evaluate(() => window.toaster.state())).toMatchObject({ proxy: 'embedded' });
  });
});
