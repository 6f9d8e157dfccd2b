import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { laptop, laptopStatus, logLine } from './fixture-data.ts';
import { openFixture } from './fixture-page.ts';
import { FixtureServer } from './fixture-server.ts';

const { onPage } = browsing();
const now = () => Date.now() / 1000;

/** Hides the page, or shows it again, as a window does that is put behind another one. */
const hide = (page: Page, hidden: boolean) =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

describe('a hidden page', () => {
  onPage('closes its stream, and knows what it missed when it is shown', async (open) => {
    const { page, proxy } = await openFixture(open, { tab: 'Requests' });
    await page.locator('.request').first().waitFor();
    expect(proxy.streams).toBe(1);
    await hide(page, true);
    await expect.poll(() => proxy.streams).toBe(0);
    proxy.line(logLine(now(), { request_id: 'missed', model: 'missed-model', served_by: 'missed-model' }));
    proxy.status({ ...laptopStatus(now()), free_for_models: 1e9 });
    const asked = proxy.asked.length;
    await hide(page, false);
    await expect.poll(() => proxy.streams).toBe(1);
    await expect.poll(() => page.locator('.request').first().textContent()).toMatch(/missed-model/);
    expect(proxy.asked.length).toBeGreaterThan(asked);
    await page.getByRole('tab', { name: 'Now' }).click();
    await page.getByText('1.0 GB free for models').waitFor();
  });

  onPage('asks for nothing', async (open) => {
    const { page, proxy } = await openFixture(open, { tab: 'Charts' });
    await page.getByText('Table of Demotions').waitFor();
    await hide(page, true);
    await expect.poll(() => proxy.streams).toBe(0);
    const asked = proxy.asked.length;
    await page.clock.install();
    await page.clock.runFor(600_000);
    expect(proxy.asked.slice(asked)).toEqual([]);
  });
});

describe('a page without its proxy', () => {
  onPage('keeps what was known, says since when, and comes back by itself', async (open) => {
    const { page, proxy } = await openFixture(open);
    const { port, data } = proxy;
    await proxy.close();
    await page.getByText(/The proxy is away since \d\d:\d\d:\d\d/).waitFor();
    expect(await page.getByText('4.4 GB free for models').isVisible()).toBe(true);
    expect(await page.getByRole('switch').first().getAttribute('aria-disabled')).toBe('true');
    const again = await FixtureServer.start(data, port);
    await page.getByText('The proxy is away').waitFor({ state: 'hidden' });
    await again.close();
  });

  onPage('that answers with errors is asked again, too', async (open) => {
    const { page, proxy } = await openFixture(open);
    proxy.broken = true;
    proxy.drop();
    await page.getByText('The proxy is away').waitFor();
    proxy.broken = false;
    await page.getByText('The proxy is away').waitFor({ state: 'hidden' });
  });

  onPage('says what could not be loaded, and loads it when it is there again', async (open) => {
    const { page, proxy } = await openFixture(open, { data: laptop(now()) });
    const { port, data } = proxy;
    await proxy.close();
    await page.getByRole('tab', { name: 'Requests' }).click();
    await page.getByText('The proxy did not answer.').waitFor();
    const again = await FixtureServer.start(data, port);
    await page.locator('.request').first().waitFor();
    await again.close();
  });

  onPage('has its charts nevertheless, and draws them when it is there again', async (open) => {
    const { page, proxy } = await openFixture(open);
    const { port, data } = proxy;
    await expect.poll(() => proxy.asked.some((path) => path.includes('/charts-'))).toBe(true);
    await proxy.close();
    await page.getByText('The proxy is away').waitFor();
    await page.getByRole('tab', { name: 'Charts' }).click();
    await page.getByText('The proxy did not answer.').first().waitFor();
    const again = await FixtureServer.start(data, port);
    await page.locator('canvas').nth(4).waitFor();
    await again.close();
  });
});
