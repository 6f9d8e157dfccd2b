import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { pack } from '../../build/pack.ts';
import { until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { evaluateIn, pagesAt } from './cdp.ts';
import { AppHome, ended, findElectron, processesOf, startScreen, untilGone } from './electron.ts';

/** The app as electron-builder packs it, fuses and all. It lets nobody look inside, so it is driven from outside. */

const found = findElectron();
const reason =
  'missing' in found
    ? found.missing
    : process.platform === 'linux'
      ? null
      : 'packed for Linux only; on a Mac: npm run pack';
const out = mkdtempSync(join(tmpdir(), 'toaster-packed-'));

let screen: Awaited<ReturnType<typeof startScreen>>;
let program = '';
let toaster: TestToaster;
let home: AppHome;
const running: ChildProcess[] = [];

beforeAll(async () => {
  if (reason !== null || 'missing' in found) return;
  await bundle();
  await pack({
    target: { platform: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' },
    dirOnly: true,
    out,
    electronDist: found.dist,
    electronVersion: found.version,
  });
  program = globSync(join(out, 'packed/*/*/toaster'))[0] ?? '';
  screen = await startScreen();
});
afterAll(() => {
  screen?.end();
  rmSync(out, { recursive: true, force: true });
});
beforeEach(async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  toaster = await startToaster();
  home = new AppHome();
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await toaster?.end();
  home?.remove();
});

function start(...args: string[]): ChildProcess {
  const env = home.env(new URL(toaster.url).port, screen.display, toaster.folder);
  const child = spawn(program, [...home.args, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(child);
  return child;
}

/** The port on which Chromium says that it can be looked at. */
function debuggerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port) resolve(port);
    });
  });
}

describe('the packed app', () => {
  it('attaches, opens its page at a second start, and ends without a trace', async () => {
    const first = start('--remote-debugging-port=0');
    const port = await debuggerOf(first);
    const own = async () => (await pagesAt(port)).find(({ url }) => url === `${toaster.url}/ui/`);
    let page = await own();
    await until(async () => {
      expect(await ended(start())).toBe(0);
      page = await own();
      return page !== undefined;
    });
    if (!page) return;
    const state = await evaluateIn(page, 'toaster.state()');
    expect(state).toMatchObject({ proxy: 'attached', ask: { link: null, onPath: false } });
    const installed = await evaluateIn(page, 'toaster.installAsk(true)');
    const link = join(home.folder, '.local', 'bin', 'ask');
    expect(installed).toMatchObject({ ask: { link } });
    const env = home.env(new URL(toaster.url).port, '', toaster.folder);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${link} --9b 'say toast' </dev/null`], {
      env,
    });
    expect(stdout.length).toBeGreaterThan(0);
    first.kill('SIGTERM');
    await ended(first);
    await untilGone(dirname(program));
  });

  it('cannot be run as Node, nor be given code by the environment or an argument', async () => {
    const code = join(out, 'code.cjs');
    writeFileSync(code, "console.log('ran', 'code')");
    const asNode = { ELECTRON_RUN_AS_NODE: '1' };
    // Where the fuses are as Electron ships them, it works.
    const electron = join('dist' in found ? found.dist : '', 'electron');
    expect(await spokenBy(electron, asNode, [code])).toContain('ran code');
    expect(await spokenBy(program, asNode, [code, ...home.args])).not.toContain('ran code');
    expect(await spokenBy(program, { NODE_OPTIONS: `--require ${code}` }, home.args)).not.toContain(
      'ran code',
    );
    expect(await spokenBy(program, {}, [...home.args, '--inspect=0'])).not.toContain('Debugger listening');
    await untilGone(dirname(program));
  });
});

/** What a program says until it ends, or until it is up as the app. */
function spokenBy(command: string, extra: Record<string, string>, args: string[]): Promise<string> {
  const env = { ...home.env(new URL(toaster.url).port, screen.display, toaster.folder), ...extra };
  const child = spawn(command, args, { env });
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  void until(() => child.exitCode !== null || processesOf(dirname(command)).length > 4).then(() =>
    child.kill('SIGTERM'),
  );
  return new Promise((resolve) => child.once('close', () => resolve(said)));
}
