import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { LogLine } from '../../proxy/contract.ts';
import { browsing } from '../helpers/browser.ts';
import { demotedLine, laptop, logLine, logLines } from './fixture-data.ts';
import { openFixture } from './fixture-page.ts';

const { onPage } = browsing();
const now = () => Date.now() / 1000;

const rows = (page: Page) => page.locator('.request');
const scroller = (page: Page) => page.locator('.list-scroller');
const scrollTo = (page: Page, top: number) =>
  scroller(page).evaluate((element, to) => {
    element.scrollTop = to;
  }, top);
/** The row at the top of what can be seen, and where it is. */
const firstSeen = async (page: Page): Promise<string> => {
  const top = (await scroller(page).boundingBox())?.y ?? 0;
  for (const row of await rows(page).all()) {
    const box = await row.boundingBox();
    if (box && box.y + box.height > top + 1)
      return `${await row.textContent()} at ${Math.round(box.y - top)}`;
  }
  return 'nothing';
};

describe('the list', () => {
  onPage('is long, and only what can be seen is there', async (open) => {
    const { page, proxy } = await openFixture(open, { tab: 'Requests' });
    await rows(page).first().waitFor();
    const end = page.getByText('That is all there is in the log.');
    await expect.poll(() => scrollTo(page, 1e7).then(() => end.isVisible()), { timeout: 30_000 }).toBe(true);
    await scrollTo(page, 1e7);
    expect(await rows(page).count()).toBeLessThan(60);
    await page.locator(`[data-index="${proxy.data.lines.length - 1}"]`).click();
    const oldest = proxy.data.lines.at(-1)?.request_id;
    expect(await page.getByRole('dialog').textContent()).toContain(oldest ?? 'an id');
  });

  onPage('takes new ones on top, and what one reads stays where it is', async (open) => {
    const { page, proxy } = await openFixture(open, { tab: 'Requests' });
    await rows(page).first().waitFor();
    proxy.line(demotedLine(now(), { request_id: 'fresh-1' }));
    await page.locator('.request-demoted').first().waitFor();
    await expect.poll(() => rows(page).first().textContent()).toMatch(/demoted.*fast-9b.*fast-3b.*no room/);
    await scrollTo(page, 1000);
    await expect.poll(() => firstSeen(page)).toMatch(/at -/);
    const reading = await firstSeen(page);
    for (const index of [2, 3, 4]) proxy.line(logLine(now(), { request_id: `fresh-${index}` }));
    await page.getByRole('button', { name: '3 new requests' }).waitFor();
    expect(await firstSeen(page)).toBe(reading);
    await page.getByRole('button', { name: '3 new requests' }).click();
    await expect.poll(() => scroller(page).evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  });

  onPage('counts demotions on its tab while nobody looks', async (open) => {
    const { page, proxy } = await openFixture(open);
    proxy.line(demotedLine(now(), { request_id: 'fresh' }));
    await page.getByRole('tab', { name: 'Requests 1 demoted since you looked' }).click();
    await page.getByRole('tab', { name: 'Requests', exact: true }).waitFor();
  });

  onPage('filters and searches, and a new line is shown only where it belongs', async (open) => {
    const { page, proxy } = await openFixture(open, { tab: 'Requests' });
    await page.getByRole('radio', { name: 'Failed' }).check();
    await expect.poll(() => rows(page).first().textContent()).toMatch(/failed/);
    expect(await page.locator('.request:not(.request-failed)').count()).toBe(0);
    proxy.line(demotedLine(now(), { request_id: 'not-here' }));
    proxy.line(logLine(now(), { request_id: 'here', exit_code: 4, served_by: null, error: 'the newest' }));
    await expect.poll(() => rows(page).first().textContent()).toMatch(/the newest/);
    await page.getByRole('searchbox', { name: 'Search requests' }).fill('newest');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search requests' }).fill('nobody said this');
    await page.getByText('No request is like that.').waitFor();
  });

  onPage('says what to do when there is nothing yet', async (open) => {
    const data = { ...laptop(now()), lines: [] };
    const { page } = await openFixture(open, { data, tab: 'Requests' });
    await page.getByText('No request yet. Try').waitFor();
  });
});

describe('the receipt', () => {
  onPage('opens, closes and is read by keyboard', async (open) => {
    const data = laptop(now());
    data.lines = [
      logLine(now(), { request_id: 'newest' }),
      demotedLine(now() - 9, {
        request_id: 'second',
        attempts: [
          { model: 'coder-30b', reason: 'no_room', seconds: 0.01 },
          { model: 'fast-9b', reason: 'timeout', seconds: 60 },
        ],
        metadata: { job: 'digest' },
      }),
    ];
    const { page } = await openFixture(open, { data, tab: 'Requests' });
    await rows(page).first().waitFor();
    await page.locator('.request button').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const text = await dialog.textContent();
    for (const words of [
      'Demoted: fast-3b answered',
      'took too long, after 1 min',
      'digest',
      '775a61d9',
      'second',
    ])
      expect(text).toContain(words);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.dataset.index')).toBe('1');
  });
});

describe('the receipt of a council', () => {
  onPage('whose chairman fell away says that this is no synthesis', async (open) => {
    const data = laptop(now());
    const council = { members: [], chairman: 'think-9b', at_once: 2, synthesis: false };
    data.lines = [demotedLine(now(), { model: 'council', council })];
    const { page } = await openFixture(open, { data, tab: 'Requests' });
    await rows(page).first().click();
    expect(await page.locator('.verdict').textContent()).toBe(
      "No synthesis: the chairman fell away, this is one member's answer, fast-3b's.",
    );
  });
});

describe('what others wrote', () => {
  onPage('is text, whatever it contains', async (open) => {
    const evil = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>';
    const data = laptop(now());
    data.lines = [
      logLine(now(), {
        model: evil,
        served_by: null,
        exit_code: 4,
        error: evil,
        user: evil,
        metadata: { [evil]: evil },
      }),
    ];
    data.status = { ...data.status, pressure: { level: 'warn', why: evil, since: now() } };
    const { page } = await openFixture(open, { data });
    expect(await page.locator('.pressure-why').textContent()).toBe(evil);
    await page.getByRole('tab', { name: 'Requests' }).click();
    await rows(page).first().click();
    expect(await page.locator('.receipt-error').textContent()).toBe(evil);
    expect(await page.getByText(evil, { exact: true }).count()).toBeGreaterThanOrEqual(4);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(await page.locator('img, #page script').count()).toBe(0);
  });

  onPage('may be lines that lack almost everything', async (open) => {
    const data = laptop(now());
    data.lines = [{ ts: now() } as LogLine, ...logLines(now(), 3)];
    const { page } = await openFixture(open, { data, tab: 'Requests' });
    await rows(page).first().click();
    await page.getByRole('dialog').getByText('No model').waitFor();
  });
});
