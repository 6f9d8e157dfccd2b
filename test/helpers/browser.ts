import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, it, onTestFinished } from 'vitest';

/** The npm package that carries a Chromium where the machine has none (Linux on x64 only). */
const CARRIER = '@sparticuz/chromium@153.0.0';

/** A browser for one test file. */
export interface Browsing {
  /** A case in the browser; skipped with the reason where there is none. */
  onPage(name: string, test: (open: OpenPage) => Promise<void>): void;
}

/** Opens an address in a window of its own. What the page complains of fails the test. */
export type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<Page>;

/** A real Chromium for the tests of one file. */
export function browsing(): Browsing {
  let browser: Browser | string = 'no browser was started';
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    if (typeof browser !== 'string') await browser.close();
  });
  return {
    onPage: (name, test) =>
      it(name, async (context) => {
        if (typeof browser === 'string') return context.skip(browser);
        await test(openIn(browser));
      }),
  };
}

function openIn(browser: Browser): OpenPage {
  return async (url, options = {}) => {
    const context = await browser.newContext({
      viewport: { width: 400, height: 620 },
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      locale: 'en-US',
      ...options,
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const broken: Error[] = [];
    page.on('pageerror', (error) => broken.push(error));
    onTestFinished(() => {
      if (broken[0]) throw broken[0];
    });
    await page.goto(url);
    return page;
  };
}

/** Starts the machine's Chromium, or one from npm; a sentence that says why when there is none. */
async function startBrowser(): Promise<Browser | string> {
  const found = installed() ?? (await fetched());
  if ('why' in found) return found.why;
  const quiet = [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: found.path, args: [...quiet, ...found.args] });
}

interface Found {
  path: string;
  args: string[];
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

function installed(): Found | null {
  const onPath = (process.env.PATH ?? '')
    .split(':')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const path = [process.env.CHROME_PATH ?? '', ...onPath, ...MAC].find(canRun);
  return path === undefined ? null : { path, args: [] };
}

function canRun(path: string): boolean {
  try {
    if (path !== '') accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}

/** From npm into the person's cache folder, once: browsers are too large for everybody's dependencies. */
async function fetched(): Promise<Found | { why: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { why: 'there is no Chrome or Chromium; install one, or name it in CHROME_PATH' };
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'toaster', 'chromium');
  const entry = join(folder, 'node_modules', '@sparticuz', 'chromium', 'build', 'index.js');
  if (!existsSync(entry)) {
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      CARRIER,
    ];
    const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', timeout: 150_000 });
    if (status !== 0 || !existsSync(entry))
      return { why: `there is no Chromium, and ${CARRIER} could not be fetched: ${lastLine(stderr)}` };
  }
  const { default: carrier } = (await import(pathToFileURL(entry).href)) as {
    default: { executablePath(): Promise<string>; args: string[] };
  };
  // Made for functions that serve one page and end: in a single process the first window that closes takes all along.
  const args = carrier.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote');
  return { path: await carrier.executablePath(), args };
}

function lastLine(text: string | null): string {
  return text?.trim().split('\n').at(-1) || 'no answer from npm';
}
