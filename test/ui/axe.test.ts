import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { laptop } from './fixture-data.ts';
import { openFixture } from './fixture-page.ts';

const { onPage } = browsing();

/** What axe finds wrong, in short. The page's policy forbids foreign scripts, so it comes by the debugger. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  return results.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`,
  );
}

const SCHEMES = ['light', 'dark'] as const;
const WINDOWS = [
  { width: 400, height: 620 },
  { width: 1200, height: 760 },
];

describe.each(SCHEMES)('in %s', (colorScheme) => {
  for (const viewport of WINDOWS) {
    onPage(`nothing is wrong for axe on any tab, ${viewport.width} wide`, async (open) => {
      const { page } = await openFixture(open, { window: { colorScheme, viewport } });
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
        expect(await violations(page)).toEqual([]);
      }
    });
  }

  onPage('nor while a receipt, details or a table are open, without the token', async (open) => {
    const data = laptop(Date.now() / 1000);
    data.status = {
      ...data.status,
      pressure: { level: 'warn', why: '900 pages a second are swapped out', since: Date.now() / 1000 },
    };
    const { page } = await openFixture(open, { data, readOnly: true, window: { colorScheme } });
    await page.getByRole('button', { name: /^fast-9b/ }).click();
    await page.getByRole('button', { name: 'Cool now' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Charts' }).click();
    await page.getByRole('button', { name: 'Table of Latency' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Requests' }).click();
    await page.locator('.request-demoted button').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  onPage('nor while the proxy is away', async (open) => {
    const { page, proxy } = await openFixture(open, { window: { colorScheme } });
    await proxy.close();
    await page.getByText('The proxy is away').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
