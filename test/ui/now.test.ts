import { describe, expect } from 'vitest';
import { browsing } from '../helpers/browser.ts';
import { laptop, laptopStatus, modelStatus, residentStatus } from './fixture-data.ts';
import { openFixture } from './fixture-page.ts';

const { onPage } = browsing();
const now = () => Date.now() / 1000;

describe('memory', () => {
  onPage('is told for the whole machine, and by name', async (open) => {
    const { page } = await openFixture(open);
    const bar = page.getByRole('img', { name: /^Of 25.8 GB/ });
    expect(await bar.getAttribute('aria-label')).toBe(
      'Of 25.8 GB: Other apps 10.0 GB, qwen-9b 7.1 GB, llama-3b 2.3 GB, Free 4.4 GB, Reserve 2.0 GB',
    );
  });

  onPage('that is tight says why, and that it is so', async (open) => {
    const { page, proxy } = await openFixture(open);
    const status = laptopStatus(now());
    const why = '900 pages a second are swapped out; coder-30b grew by 12 GB';
    proxy.status({ ...status, pressure: { level: 'critical', why, since: now() } });
    await page.getByText(why).waitFor();
    expect(await page.getByText('Memory is critical').isVisible()).toBe(true);
  });

  onPage('that is exceeded by a model which runs alone says so', async (open) => {
    const data = laptop(now());
    const [first, ...others] = data.status.models;
    if (first) data.status = { ...data.status, models: [{ ...first, tight: true }, ...others] };
    const { page } = await openFixture(open, { data });
    await page
      .getByText(`${first?.weights} exceeds what was free and runs alone; the machine may page.`)
      .waitFor();
  });

  onPage('that a machine does not tell is not 0', async (open) => {
    const data = laptop(now());
    const { memory } = data.status;
    data.status = {
      ...data.status,
      memory: {
        ...memory,
        swap_used: null,
        rates: { ...memory.rates, swapouts: null, pageouts: null },
        resident: { ...memory.resident, orphans: 3e9 },
      },
    };
    const { page } = await openFixture(open, { data });
    expect(await page.getByText('not told').count()).toBe(3);
    expect(await page.getByRole('listitem').filter({ hasText: 'Orphans of Ollama' }).textContent()).toMatch(
      /3\.0 GB/,
    );
  });
});

describe('models', () => {
  onPage(
    'on another machine have no size and cannot be kept warm from here; what costs money says so',
    async (open) => {
      const data = laptop(now());
      const box = modelStatus('box', { state: 'remote', size: 0 });
      const gpt = modelStatus('gpt', { state: 'remote', size: 0, paid: true });
      data.status = { ...data.status, models: [box, gpt] };
      const { page } = await openFixture(open, { data });
      const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });
      expect(await row('box').textContent()).toMatch(/box.*on another machine/);
      expect(await row('box').textContent()).not.toContain('GB');
      expect(await row('box').textContent()).not.toContain('costs money');
      expect(await row('gpt').textContent()).toContain('costs money');
      const keep = page.getByRole('switch', { name: 'Keep box warm' });
      expect(await keep.getAttribute('aria-disabled')).toBe('true');
      await row('box').getByRole('button').first().click();
      expect(await page.getByRole('button', { name: 'Cool now' }).count()).toBe(0);
    },
  );

  onPage('two hundred with long names scroll, are cut, and can be found', async (open) => {
    const data = laptop(now());
    const names = Array.from({ length: 200 }, (_, index) => `model-${index}-`.padEnd(80, 'x'));
    data.status = {
      ...data.status,
      residents: names.slice(0, 20).map((name) => residentStatus(name, { size: 0.2e9 })),
      models: names.map((name) => modelStatus(name, { tiers: [name], fallback: names.slice(0, 9) })),
    };
    const { page } = await openFixture(open, { data });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
    const rows = page.getByRole('switch');
    expect(await rows.count()).toBe(200);
    await rows.last().scrollIntoViewIfNeeded();
    expect(await rows.last().isVisible()).toBe(true);
    expect((await rows.last().boundingBox())?.x).toBeLessThan(400);
    const last = page.locator('.model .name').last();
    expect(await last.getAttribute('title')).toBe(names[199]);
    expect(await last.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
    await page.getByRole('searchbox', { name: 'Find a model' }).fill('model-77-');
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: /model-77-/ }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
  });

  onPage('that load say how far they are, or that nobody knows', async (open) => {
    const data = laptop(now());
    data.status = {
      ...data.status,
      models: [
        modelStatus('known', { state: 'loading', loading: { elapsed_s: 5, expected_s: 40 } }),
        modelStatus('unknown', { state: 'loading', loading: { elapsed_s: 5, expected_s: null } }),
      ],
    };
    const { page } = await openFixture(open, { data });
    expect(await page.locator('.model-warmth').nth(0).textContent()).toMatch(/loading, \d+ s of about 40 s/);
    expect(await page.locator('.model-warmth').nth(1).textContent()).toMatch(/loading, \d+ s$/);
    expect(await page.locator('.ring-moving').count()).toBe(1);
  });

  onPage('tick down by themselves', async (open) => {
    const data = laptop(now());
    data.status = {
      ...data.status,
      models: [modelStatus('m', { state: 'warm', expires_in_s: 55, keep_alive_s: 60 })],
    };
    const { page } = await openFixture(open, { data });
    const left = async () =>
      Number(/\d+/.exec((await page.locator('.model-warmth').textContent()) ?? '')?.[0]);
    const before = await left();
    await expect.poll(left, { timeout: 10_000 }).toBeLessThan(before - 1);
  });

  onPage('show their chain and their week when opened', async (open) => {
    const { page } = await openFixture(open);
    const button = page.getByRole('button', { name: /^fast-9b/ });
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    const details = page.locator('.model-details');
    expect(await details.locator('.chain').textContent()).toMatch(
      /fast-9b\s*→\s*fast-3b\s*→\s*fast-1b\s*→\s*tiny/,
    );
    await details.getByText('From cache').waitFor();
    await details.getByRole('button', { name: 'Cool now' }).waitFor();
  });

  onPage('whose switch is refused say why, and go back', async (open) => {
    const { page, proxy } = await openFixture(open);
    proxy.refusal = 'fast-4b is not installed; run: ollama pull gemma3:4b';
    const keep = page.getByRole('switch', { name: 'Keep fast-4b warm' });
    await keep.click();
    await page.getByRole('alert').getByText('ollama pull gemma3:4b').waitFor();
    expect(await keep.getAttribute('aria-checked')).toBe('false');
  });

  onPage('are all cooled at once', async (open) => {
    const { page } = await openFixture(open);
    await page.getByRole('button', { name: 'Cool everything' }).click();
    await page.getByText('Out of memory: qwen-9b, llama-3b.').waitFor();
  });
});
