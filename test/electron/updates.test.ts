import type { MessageBoxOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { type UpdateParts, type Updater, Updates } from '../../electron/updates.ts';
import { VERSION } from '../../proxy/version.ts';
import { until } from '../helpers/requests.ts';

interface Situation {
  possible?: boolean;
  wanted?: boolean;
  /** The version that the server has; null: none that is newer. An error: it cannot be had. */
  there?: string | null | Error;
  download?: Error;
  /** The buttons that are pressed, in turn; then it is dismissed. */
  buttons?: number[];
}

/** Updates over parts that note what was done. */
function updatesIn(situation: Situation) {
  const { possible = true, wanted = true, there = '9.9.9', download, buttons = [] } = situation;
  const done: string[] = [];
  const asked: MessageBoxOptions[] = [];
  const state = { wanted };
  const updater: Updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    async checkForUpdates() {
      done.push(`look, ${updater.autoDownload ? 'and fetch' : 'no more'}`);
      if (there instanceof Error) throw there;
      return { isUpdateAvailable: there !== null, updateInfo: { version: there ?? VERSION } };
    },
    async downloadUpdate() {
      done.push(`fetch, ${updater.autoInstallOnAppQuit ? 'for the end' : 'for nothing'}`);
      if (download) throw download;
    },
    quitAndInstall: () => done.push('start again'),
  };
  let daily: () => void = () => undefined;
  const parts: UpdateParts = {
    possible: async () => possible,
    wanted: () => state.wanted,
    async load() {
      done.push('load');
      return updater;
    },
    async ask(question) {
      asked.push(question);
      return buttons.shift() ?? 1;
    },
    every(ms, call) {
      expect(ms).toBe(86_400_000);
      daily = call;
    },
    log: (what) => done.push(`log: ${what}`),
  };
  return { updates: new Updates(parts), done, asked, state, tomorrow: () => daily() };
}

describe('updates', () => {
  it('are nobody’s business until the person wants them: nothing is loaded, nobody asked', async () => {
    const { updates, done, state } = updatesIn({ wanted: false, there: null });
    await updates.start();
    expect(done).toEqual([]);
    expect(await updates.state()).toBe('Nothing is asked of any server');
    state.wanted = true;
    await updates.look(true);
    expect(done).toEqual(['load', 'look, no more']);
    expect(await updates.state()).toBe(`${VERSION} is the newest`);
  });

  it('are not to be had by an app that is not packed, not signed or knows no server', async () => {
    const { updates, done } = updatesIn({ possible: false });
    await updates.start();
    expect([done, await updates.state()]).toEqual([[], null]);
  });

  it('are fetched only when the person says so', async () => {
    const { updates, done, asked } = updatesIn({ buttons: [1] });
    await updates.start();
    await until(() => asked.length === 1);
    expect(asked[0]?.message).toBe('Toaster 9.9.9 is there');
    expect(asked[0]?.buttons).toEqual(['Download', 'Later']);
    expect(done).toEqual(['load', 'look, no more']);
    expect(await updates.state()).toBe('Toaster 9.9.9 is there');
  });

  it('and then take the place of this one when it quits', async () => {
    const { updates, done, asked, tomorrow } = updatesIn({ buttons: [0, 1] });
    await updates.start();
    await until(() => asked.length === 2);
    expect(done.slice(2)).toEqual(['fetch, for the end']);
    expect(await updates.state()).toBe('Toaster 9.9.9 is installed when this one quits');
    tomorrow();
    await updates.look(true);
    expect(done).toHaveLength(3);
  });

  it('or at once', async () => {
    const { updates, done } = updatesIn({ buttons: [0, 0] });
    await updates.look();
    await until(() => done.includes('start again'));
  });

  it('that were declined are not offered every day, but to whoever asks', async () => {
    const { updates, done, asked, tomorrow } = updatesIn({ buttons: [1] });
    await updates.start();
    await until(() => asked.length === 1);
    // The first question has been answered once a second look is not turned away.
    await until(() => {
      tomorrow();
      return done.filter((what) => what.startsWith('look')).length >= 2;
    });
    expect(asked).toHaveLength(1);
    await until(async () => {
      await updates.look(true);
      return asked.length === 2;
    });
  });

  it('that cannot be looked for are told where they were wanted, and looked for again', async () => {
    const { updates, done, tomorrow } = updatesIn({ there: new Error('net::ERR_CONNECTION\n<html>') });
    await updates.start();
    expect(await updates.state()).toBe('They could not be looked for: net::ERR_CONNECTION');
    expect(done).toContain('log: updates could not be looked for');
    tomorrow();
    await until(() => done.filter((what) => what.startsWith('look')).length === 2);
  });

  it('that cannot be fetched are told in a dialog: the person waits for them', async () => {
    const { updates, done, asked } = updatesIn({ buttons: [0, 0], download: new Error('sha512 mismatch') });
    await updates.look();
    await until(() => asked.length === 2);
    expect(asked[1]).toMatchObject({ type: 'warning', message: 'Toaster 9.9.9 could not be fetched' });
    expect(asked[1]?.detail).toMatch(/^sha512 mismatch\n/);
    expect(done).toContain('log: the update to 9.9.9 failed');
    expect(await updates.state()).toBe('Toaster 9.9.9 could not be fetched: sha512 mismatch');
  });
});
