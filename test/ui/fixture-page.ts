import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { OpenPage } from '../helpers/browser.ts';
import { laptop } from './fixture-data.ts';
import { type FixtureData, FixtureServer } from './fixture-server.ts';

/** A moment for what must not depend on the day: Tuesday, 12 May 2026, 14:05:30 UTC. */
export const NOON = Date.UTC(2026, 4, 12, 14, 5, 30) / 1000;

/** The page on a fixture proxy, with the token unless it is to be read-only, on the tab that is named. */
export async function openFixture(
  open: OpenPage,
  options: {
    data?: FixtureData;
    tab?: string;
    readOnly?: boolean;
    /** What time it is for the page, in seconds since 1970; it does not pass. */
    at?: number;
    window?: Parameters<OpenPage>[1];
  } = {},
): Promise<{ page: Page; proxy: FixtureServer }> {
  const proxy = await FixtureServer.start(options.data ?? laptop(Date.now() / 1000));
  onTestFinished(() => proxy.close());
  const page = await open('about:blank', options.window);
  if (options.at !== undefined) await page.clock.setFixedTime(options.at * 1000);
  await page.goto(`${proxy.url}/ui/${options.readOnly ? '' : `#code=${proxy.code}`}`);
  await page.getByText('free for models').waitFor();
  if (options.tab) await page.getByRole('tab', { name: options.tab }).click();
  return { page, proxy };
}
