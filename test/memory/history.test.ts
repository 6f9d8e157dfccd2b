import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MemorySample } from '../../proxy/contract.ts';
import { MemoryHistory } from '../../proxy/memory/history.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function sample(ts: number, available: number | null, swapouts: number | null): MemorySample {
  const rates = { pageouts: null, pageins: null, swapouts, decompressions: null, major_faults: null };
  const resident = { ollama: 7, orphans: 0, llamacpp: null, toaster: 1 };
  return { ts, total: 100, available, swap_used: 3, kernel_level: null, stalled: null, rates, resident };
}

describe('the history', () => {
  it('keeps the worst of each minute, across a restart', () => {
    const file = join(tempFolder(), 'deeper', 'history.db');
    const history = new MemoryHistory(file, (message) => expect.fail(message));
    history.add(sample(60, 50, 1), 'normal');
    history.add(sample(62, 40, null), 'warn');
    history.add(sample(118, 45, 9), 'normal');
    history.add(sample(121, 30, 0), 'normal');
    const first = {
      ts: 60,
      available: 40,
      swap_used: 3,
      swapouts: 9,
      pageouts: null,
      ollama: 7,
      llamacpp: null,
      level: 'warn',
    };
    expect(history.minutes()).toEqual([
      first,
      { ...first, ts: 120, available: 30, swapouts: 0, level: 'normal' },
    ]);
    history.close();
    const again = new MemoryHistory(file, (message) => expect.fail(message));
    expect(again.minutes().map(({ ts }) => ts)).toEqual([60, 120]);
    again.close();
  });

  it('keeps a week, and tells the last day of it', () => {
    const history = new MemoryHistory(join(tempFolder(), 'history.db'), (message) => expect.fail(message));
    const minutes = 8 * 24 * 60;
    for (let minute = 0; minute < minutes; minute++) history.add(sample(minute * 60, 1, 1), 'normal');
    expect(history.minutes()).toHaveLength(24 * 60);
    expect(history.minutes().at(-1)?.ts).toBe((minutes - 1) * 60);
    const week = history.minutes('week');
    expect(week).toHaveLength(7 * 48);
    expect((week.at(-1)?.ts ?? 0) - (week[0]?.ts ?? 0)).toBe((7 * 48 - 1) * 1800);
    history.close();
  });

  it('tells the worst of each step of a span', () => {
    const history = new MemoryHistory(join(tempFolder(), 'history.db'), (message) => expect.fail(message));
    for (let minute = 0; minute < 24 * 60; minute++)
      history.add(
        sample(minute * 60, minute % 30 === 7 ? 5 : 50, minute % 30),
        minute === 1000 ? 'warn' : 'normal',
      );
    expect(history.minutes('hour')).toHaveLength(60);
    const day = history.minutes('day');
    expect(day).toHaveLength(24 * 12);
    expect(day.at(-1)).toMatchObject({
      ts: (24 * 60 - 5) * 60,
      available: 50,
      swapouts: 29,
      level: 'normal',
    });
    expect(day.filter(({ available }) => available === 5)).toHaveLength(48);
    expect(day.filter(({ level }) => level === 'warn').map(({ ts }) => ts)).toEqual([60_000]);
    expect(
      history.minutes('week').every(({ available, swapouts }) => available === 5 && swapouts === 29),
    ).toBe(true);
    history.close();
  });

  it('is done without where it cannot be kept, after one warning', () => {
    const warnings: string[] = [];
    const history = new MemoryHistory('/dev/null/history.db', (message) => warnings.push(message));
    history.add(sample(60, 50, 1), 'normal');
    history.add(sample(120, 50, 1), 'normal');
    expect(history.minutes()).toHaveLength(1);
    history.close();
    expect(warnings).toHaveLength(1);
  });
});
