import { describe, expect } from 'vitest';
import type { Shell } from '../../proxy/contract.ts';
import { browsing } from '../helpers/browser.ts';
import { openFixture } from './fixture-page.ts';

const { onPage } = browsing();

describe('without the token', () => {
  onPage('the page only shows, and says what to run', async (open) => {
    const { page, proxy } = await openFixture(open, { readOnly: true });
    await page.getByText('To change things from this browser, run').waitFor();
    const keep = page.getByRole('switch', { name: 'Keep fast-4b warm' });
    expect(await keep.getAttribute('aria-disabled')).toBe('true');
    // Forced: it says that it is disabled, and a person may click it nevertheless.
    await keep.click({ force: true });
    await page.getByRole('button', { name: 'Cool everything' }).click({ force: true });
    await page.getByRole('tab', { name: 'Settings' }).click();
    expect(await page.getByLabel('Memory that no model may have').getAttribute('readonly')).not.toBeNull();
    expect(proxy.asked.filter((line) => !line.startsWith('GET'))).toEqual([]);
  });
});

describe('the one-time code', () => {
  onPage('is exchanged, leaves the address, and its token outlives a reload', async (open) => {
    const { page, proxy } = await openFixture(open);
    expect(new URL(page.url()).hash).toBe('');
    await page.reload();
    const keep = page.getByRole('switch', { name: 'Keep fast-4b warm' });
    await keep.click();
    await expect.poll(() => proxy.asked).toContain('PUT /api/models/fast-4b/pin');
    expect(proxy.asked.filter((line) => line === 'POST /api/session')).toHaveLength(1);
    expect(await keep.getAttribute('aria-checked')).toBe('true');
  });

  onPage('may come later, into a page that only shows', async (open) => {
    const { page, proxy } = await openFixture(open, { readOnly: true });
    await page.getByText('To change things from this browser, run').waitFor();
    await page.evaluate(`location.hash = '#code=${proxy.code}'`);
    await page.getByText('To change things from this browser, run').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).hash).toBe('');
  });

  onPage('that was used already leaves the page read-only and says so', async (open) => {
    const { page, proxy } = await openFixture(open, { readOnly: true });
    await page.goto(`${proxy.url}/ui/?again#code=old`);
    await page.getByText('This code was used already').waitFor();
    expect(new URL(page.url()).hash).toBe('');
  });

  onPage('whose token is no good any more is forgotten', async (open) => {
    const { page } = await openFixture(open);
    await page.evaluate(() => sessionStorage.setItem('toaster.token', 'of another run'));
    await page.reload();
    await page.getByRole('switch', { name: 'Keep fast-4b warm' }).click();
    await page.getByText('To change things from this browser, run').waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('toaster.token'))).toBeNull();
  });
});

describe('in the app', () => {
  onPage('the token is the shell’s, Escape hides, and the app has its settings', async (open) => {
    const { page, proxy } = await openFixture(open, { readOnly: true });
    await page.addInitScript(fakeShell, proxy.token);
    await page.reload();
    await page.getByRole('switch', { name: 'Keep fast-4b warm' }).click();
    await expect.poll(() => proxy.asked).toContain('PUT /api/models/fast-4b/pin');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByText('proxy embedded in the app').waitFor();
    await page.getByRole('switch', { name: 'Open at login' }).click();
    await page.getByRole('radio', { name: 'Tier' }).check();
    await page.getByRole('switch', { name: 'Tell when a smaller model answered' }).click();
    await page.getByText('Nothing is asked of any server').waitFor();
    await page.getByRole('switch', { name: 'Check for updates' }).click();
    await page.getByRole('button', { name: 'Install ask' }).click();
    await page.getByRole('alert').getByText('~/bin is not writable').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Show in Finder' }).click();
    await page.keyboard.press('Escape');
    expect(await page.evaluate('window.said')).toEqual([
      'login true',
      '{"title":"tier"}',
      '{"notifyDemotion":false}',
      '{"checkUpdates":true}',
      'install true',
      'config',
      'log',
      'hide',
    ]);
  });
});

/** Runs in the page: an app around it that says yes to all but one thing. */
function fakeShell(token: string): void {
  const said: string[] = [];
  let state = {
    settings: {
      title: 'memory' as 'memory' | 'tier' | 'both' | 'none',
      notifyPressure: true,
      notifyDemotion: true,
      checkUpdates: false,
    },
    openAtLogin: false,
    ask: { link: null, onPath: false },
    updates: 'Nothing is asked of any server',
    proxy: 'embedded' as const,
    version: '0.1.0',
  };
  const shell: Shell = {
    token: async () => token,
    state: async () => state,
    async change(settings) {
      said.push(JSON.stringify(settings));
      state = { ...state, settings: { ...state.settings, ...settings } };
      return state;
    },
    async setOpenAtLogin(open) {
      said.push(`login ${open}`);
      state = { ...state, openAtLogin: open };
      return state;
    },
    async installAsk(install) {
      said.push(`install ${install}`);
      throw new Error('~/bin is not writable. Run: sudo ln -s ...');
    },
    openConfig: async () => void said.push('config'),
    showLog: async () => void said.push('log'),
    hide: async () => void said.push('hide'),
  };
  Object.assign(globalThis, { toaster: shell, said });
}
