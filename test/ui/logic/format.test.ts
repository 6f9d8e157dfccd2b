import { describe, expect, it } from 'vitest';
import type { LogLine, Reason } from '../../../proxy/contract.ts';
import { bytes, rate, sizeOf } from '../../../renderer/format/bytes.ts';
import { counted, money, percent } from '../../../renderer/format/numbers.ts';
import { ago, clock, duration, left } from '../../../renderer/format/time.ts';
import { exitWords, outcomeOf, reasonWords } from '../../../renderer/format/words.ts';
import { logLine } from '../fixture-data.ts';

describe('sizes', () => {
  it('are gigabytes, and megabytes below one', () => {
    expect([0, 1, 512e6, 994e6, 999e6, 6.62e9, 120e9].map(bytes)).toEqual([
      '0',
      '1 MB',
      '512 MB',
      '994 MB',
      '1.0 GB',
      '6.6 GB',
      '120 GB',
    ]);
  });

  it('that are not known are not 0', () => {
    expect([bytes(null), bytes(undefined), rate(null), duration(null), percent(0, 0)]).toEqual(
      Array(5).fill('–'),
    );
  });

  it('say when they are an estimate', () => {
    expect(sizeOf({ size: 2e9, measured: false })).toBe('~2.0 GB');
    expect(sizeOf({ size: 2e9, measured: true })).toBe('2.0 GB');
  });
});

describe('times', () => {
  it('fit what they measure', () => {
    expect([0.003, 0.9996, 1.34, 9.96, 59.7, 60, 125].map(duration)).toEqual([
      '3 ms',
      '1.0 s',
      '1.3 s',
      '10 s',
      '1 min',
      '1 min',
      '2 min 5 s',
    ]);
    expect([-3, 45, 840, 7200].map(left)).toEqual(['0 s', '45 s', '14 min', '2 h']);
  });

  it('that passed are told by their distance', () => {
    expect([2, 40, 240, 7200, 86_400 * 5].map((past) => ago(1e9 - past, 1e9))).toEqual([
      'just now',
      '40 s ago',
      '4 min ago',
      '2 h ago',
      '5 days ago',
    ]);
  });

  it('name the day only when it is another', () => {
    const noon = new Date(2026, 2, 3, 12, 0, 5).getTime() / 1000;
    expect(clock(noon - 5, noon)).toBe('12:00:00');
    expect(clock(noon - 86_400, noon)).toMatch(/^2 Mar,? 12:00$/);
  });
});

describe('money and counts', () => {
  it('have a currency, also one that nobody knows', () => {
    expect(money(4.1, 'USD')).toBe('$4.10');
    expect(money(0.184, 'EUR')).toBe('€0.184');
    expect(money(4.1, 'toast')).toBe('4.10 toast');
  });

  it('have a plural', () => {
    expect([counted(1, 'model'), counted(1200, 'model')]).toEqual(['1 model', '1,200 models']);
    expect(percent(3, 8)).toBe('38%');
  });
});

describe('how a request ended', () => {
  it('is told by its exit code first', () => {
    const ended = (fields: Partial<LogLine>) => outcomeOf(logLine(1, fields));
    expect(ended({})).toBe('answered');
    expect(ended({ demoted: true })).toBe('demoted');
    expect(ended({ demoted: true, exit_code: 5 })).toBe('failed');
    expect(ended({ exit_code: 6 })).toBe('refused');
    expect(ended({ exit_code: 130 })).toBe('interrupted');
    expect(outcomeOf({ ts: 1 } as LogLine)).toBe('answered');
  });

  it('has words, also for what a newer version says', () => {
    expect(reasonWords('no_room')).toBe('no room in memory');
    expect(reasonWords('sunspots' as Reason)).toBe('sunspots');
    expect(reasonWords(null)).toBe('for no known reason');
    expect(exitWords(4)).toBe('the whole chain failed');
    expect(exitWords(77)).toBe('exit code 77');
  });
});
