import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { pathsFrom } from '../../proxy/paths.ts';
import { serve } from '../../proxy/serve.ts';
import { browsing, type OpenPage } from '../helpers/browser.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** The page on a whole proxy with a fake Ollama behind it. */

const { onPage } = browsing();
let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({ further: 'memory: { reserve_gb: 0, system_gb: 0 }' });
});
afterEach(() => toaster.end());

const EMPTY = /^No request yet\. Try/;
const rows = (page: Page) => page.locator('.request');
const ask = (...args: string[]) =>
  runAsk(args, { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });

/** The page as `ask --open` opens it. */
async function opened(open: OpenPage, tab = 'Now'): Promise<Page> {
  const { stdout } = await ask('--open');
  const page = await open(stdout.trim());
  await page.getByText('free for models').waitFor();
  await page.getByRole('tab', { name: tab }).click();
  return page;
}

describe('a pin', () => {
  onPage('that is switched on loads the model, and the page says that it is warm', async (open) => {
    const page = await opened(open);
    expect(new URL(page.url()).hash).not.toMatch(/code/);
    const keep = page.getByRole('switch', { name: 'Keep fast-3b warm' });
    await keep.click();
    await expect.poll(() => toaster.fake.residency.list().map(({ name }) => name)).toContain('llama3.2:3b');
    await page.getByRole('button', { name: /^fast-3b.*stays warm/ }).waitFor();
    expect(await keep.getAttribute('aria-checked')).toBe('true');
    await page.getByRole('button', { name: /^fast-3b/ }).click();
    await page.getByRole('button', { name: 'Cool now' }).click();
    await page.getByRole('button', { name: /^fast-3b.*cold/ }).waitFor();
    expect(await keep.getAttribute('aria-checked')).toBe('false');
    expect(toaster.fake.residency.list()).toEqual([]);
  });
});

describe('requests', () => {
  onPage('that are demoted are there within a second, with who, whom and why', async (open) => {
    const page = await opened(open, 'Requests');
    await page.getByText(EMPTY).waitFor();
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    await (await toaster.chat('hi')).text();
    const demoted = page.locator('.request-demoted').first();
    await demoted.waitFor({ timeout: 1000 });
    expect(await demoted.textContent()).toMatch(/demoted.*fast-9b.*fast-3b.*its runtime failed/);
    await demoted.getByRole('button').press('Enter');
    await page.getByRole('dialog').getByText('Demoted: fast-3b answered').waitFor();
  });

  onPage('are filtered and searched', async (open) => {
    for (const model of ['fast-9b', 'fast-3b', 'fast-1b']) await (await toaster.chat('hi', { model })).text();
    toaster.fake.fault('llama3.2:1b', { kind: 'status', status: 500 });
    await (await toaster.chat('hi', { model: 'fast-1b' }, { 'x-strict': '1' })).text();
    await ask('--council', 'hi');
    const page = await opened(open, 'Requests');
    await expect.poll(() => rows(page).count()).toBe(5);
    await page.getByRole('radio', { name: 'Council' }).check();
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await rows(page).textContent()).toMatch(/council/);
    await rows(page).getByRole('button').click();
    // Of a line that was read back from the log.
    await expect
      .poll(() => page.getByRole('dialog').textContent())
      .toMatch(/Member Afast-9b, .*Chairmanthink-9b/);
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'All' }).check();
    await page.getByRole('searchbox', { name: 'Search requests' }).fill('FAST-3B');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search requests' }).fill('nobody');
    await page.getByText('No request is like that.').waitFor();
  });

  onPage('that others wrote, or half of, break nothing', async (open) => {
    const page = await opened(open, 'Requests');
    await page.getByText(EMPTY).waitFor();
    const evil = '<img src=x onerror="globalThis.pwned=1">';
    const now = Date.now() / 1000;
    appendFileSync(
      join(toaster.folder, 'log.jsonl'),
      `{"ts":${now},"model":"of-old","latency_s":2}\nnot json\n[]\n{"ts":"later"}\n{"ts":${now},"model":${JSON.stringify(evil)},"error":${JSON.stringify(evil)},"exit_code":4}\n{"ts":${now},"mod`,
    );
    await page.reload();
    await page.getByText('of-old', { exact: true }).waitFor();
    expect(await page.getByText(evil, { exact: true }).count()).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
  });
});

describe('the settings', () => {
  onPage('are written into the config, and the footer knows what was saved', async (open) => {
    await (await toaster.chat('hi')).text();
    const page = await opened(open, 'Settings');
    await page.getByLabel('Input').fill('3');
    await page.getByLabel('Output').fill('15');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Week: \$.* saved/).waitFor();
    await page.getByLabel('Memory that no model may have').fill('1,5');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await fetch(`${toaster.url}/api/settings`)).json())
      .toMatchObject({ reserve_gb: 1.5, prices: { input: 3, output: 15, currency: 'USD' } });
    await page.getByLabel('Memory that no model may have').fill('lots');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
  });
});

describe('the proxy', () => {
  onPage('that is gone is away, and comes back on the same port', async (open) => {
    const page = await opened(open);
    const port = Number(new URL(toaster.url).port);
    await toaster.close(0);
    await page.getByText(/The proxy is away since/).waitFor();
    const paths = pathsFrom({
      ASK_DATA_DIR: toaster.folder,
      ASK_CONFIG: join(toaster.folder, 'config.yaml'),
    });
    const again = await serve({ paths, port, warn: () => {} });
    await page.getByText(/The proxy is away since/).waitFor({ state: 'hidden' });
    await page.getByRole('switch', { name: 'Keep fast-3b warm' }).click();
    await expect.poll(() => toaster.fake.residency.list().map(({ name }) => name)).toContain('llama3.2:3b');
    await again.close(0);
  });
});

describe('charts', () => {
  onPage('are drawn for every span', async (open) => {
    await (await toaster.chat('hi')).text();
    const page = await opened(open, 'Charts');
    for (const span of ['Hour', 'Week', 'Day']) {
      await page.getByRole('radio', { name: span }).check();
      await expect.poll(() => page.locator('canvas').count()).toBe(5);
    }
    await page.getByRole('button', { name: 'Table of Memory' }).click();
    await page.getByRole('table', { name: 'Memory' }).waitFor();
  });
});
