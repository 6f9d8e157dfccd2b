import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** A real browser with a page of somebody else's that wants to use the proxy of this machine. */

const SCRIPT = readFileSync(new URL('./foreign-page.js', import.meta.url), 'utf8');
const { onPage } = browsing();
let toaster: TestToaster;
let evil: Server;
/** Where the page is: by another name of this machine, so that it is another site, and by another port of the same name. */
let places: string[];
beforeAll(async () => {
  toaster = await startToaster();
  evil = createServer((_req, res) =>
    res.setHeader('content-type', 'text/html').end(`<title>evil</title><script>${SCRIPT}</script>`),
  );
  evil.listen(0, '127.0.0.1');
  await once(evil, 'listening');
  const { port } = evil.address() as AddressInfo;
  places = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
});
afterAll(async () => {
  evil.closeAllConnections();
  evil.close();
  await toaster.end();
});

describe('a page of another site, and of another port', () => {
  onPage('reads nothing, asks nobody and changes nothing', async (open) => {
    const status = async () =>
      (await jsonOf(await fetch(`${toaster.url}/api/status`))).models.map(
        ({ model, pinned }: Record<string, unknown>) => [model, pinned],
      );
    const before = await status();
    for (const place of places) {
      const page = await open(place);
      const posted = page.waitForResponse(
        (response) => response.request().isNavigationRequest() && response.url().endsWith('/ask'),
      );
      const outcomes = await page.evaluate<Record<string, string>>(`attack(${JSON.stringify(toaster.url)})`);
      expect((await posted).status()).toBe(403);
      expect(Object.keys(outcomes)).toHaveLength(14);
      expect(
        Object.entries(outcomes).filter(([name, what]) => !/refused|opaque/.test(what) && name !== 'beacon'),
      ).toEqual([]);
      await page.close();
    }
    expect(toaster.fake.seen.filter(({ path }) => path === '/api/chat')).toEqual([]);
    expect(toaster.log()).toEqual([]);
    expect(await status()).toEqual(before);
  });

  onPage('shows none of its pages in a frame', async (open) => {
    for (const path of ['/ui/', '/api/stress/report']) {
      const page = await open(places[0] ?? '');
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${toaster.url + path}' }))`,
      );
      await until(async () => {
        const frame = page.frames().find((one) => one !== page.mainFrame());
        return frame?.url().startsWith('chrome-error:') ?? false;
      });
      await page.close();
    }
  });
});

describe('Toaster’s own page', () => {
  onPage('shows names that are markup as what they are', async (open) => {
    const markup = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>';
    toaster.fake.set({ name: markup });
    await fetch(`${toaster.fake.url}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: markup, keep_alive: 600 }),
    });
    const page = await open(`${toaster.url}/ui/`);
    await page.getByText(markup, { exact: false }).first().waitFor();
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
  });

  onPage('runs nothing that was not built into it', async (open) => {
    const page = await open(`${toaster.url}/ui/`);
    const violated = page.evaluate<string[]>(`new Promise((resolve) => {
      const seen = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        seen.push(effectiveDirective);
        if (seen.length === 4) resolve(seen.sort());
      });
      const script = document.createElement('script');
      script.textContent = 'globalThis.pwned = 1';
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/canary';
      document.body.append(script, image);
      document.body.setAttribute('onclick', 'globalThis.pwned = 1');
      document.body.click();
      fetch('http://127.0.0.1:9/').catch(() => undefined);
    })`);
    expect(await violated).toEqual(['connect-src', 'img-src', 'script-src-attr', 'script-src-elem']);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
  });
});
