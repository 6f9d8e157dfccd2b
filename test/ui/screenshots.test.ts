import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { laptop } from './fixture-data.ts';
import { NOON, openFixture } from './fixture-page.ts';

const { onPage } = browsing();
const folder = fileURLToPath(new URL('screenshots', import.meta.url));

/** Pictures for people. They are only written anew with UPDATE_SCREENSHOTS=1: fonts differ from machine to machine. */
describe.each(['light', 'dark'] as const)('a picture in %s', (colorScheme) => {
  const window = { colorScheme, deviceScaleFactor: 2 };
  const keep = (name: string, picture: Buffer): void => {
    expect(picture.length).toBeGreaterThan(10_000);
    if (!process.env.UPDATE_SCREENSHOTS) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}-${colorScheme}.png`), picture);
  };

  onPage('of what is now, of requests with a demotion, and of the proxy away', async (open) => {
    const { page, proxy } = await openFixture(open, { data: laptop(NOON), window, at: NOON });
    await page.getByText('saved').waitFor();
    keep('now', await page.screenshot());
    await page.getByRole('tab', { name: 'Requests' }).click();
    await page.locator('.request-demoted').first().waitFor();
    keep('requests', await page.screenshot());
    await page.getByRole('tab', { name: 'Now' }).click();
    await proxy.close();
    await page.getByText('The proxy is away').waitFor();
    keep('away', await page.screenshot());
  });
});
