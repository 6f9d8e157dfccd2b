import { expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { laptop } from './fixture-data.ts';
import { openFixture } from './fixture-page.ts';

const { onPage } = browsing();

onPage('charts of a log that is still counted say how far that is, and look again', async (open) => {
  const data = laptop(Date.now() / 1000);
  const { stats } = data;
  data.stats = (span) => ({ ...stats(span), counting: { done: 43e6, of: 100e6 } });
  const { page } = await openFixture(open, { data, tab: 'Charts' });
  const note = page.getByText('The log is being counted, 43% so far: there is more to come.');
  await note.waitFor();
  data.stats = stats;
  await note.waitFor({ state: 'detached' });
  expect(await page.getByRole('figure', { name: 'Latency' }).isVisible()).toBe(true);
});
