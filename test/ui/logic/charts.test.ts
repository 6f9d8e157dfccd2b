import { describe, expect, it } from 'vitest';
import type { MemoryMinute } from '../../../proxy/contract.ts';
import { hitColumns, marksOf, memoryColumns, swapColumns } from '../../../renderer/charts/curves.ts';
import {
  demotedSummary,
  latencySummary,
  memorySummary,
  swapSummary,
} from '../../../renderer/charts/summaries.ts';
import { demotedLine, logLine, statsOf } from '../fixture-data.ts';

const minute = (index: number, fields: Partial<MemoryMinute> = {}): MemoryMinute => ({
  ts: 6000 + index * 60,
  available: 10e9,
  swap_used: 0,
  swapouts: 0,
  pageouts: 0,
  ollama: 6e9,
  llamacpp: null,
  level: 'normal',
  ...fields,
});

describe('curves of memory', () => {
  it('are stacked, and what is not told is no curve', () => {
    const [ts, all, embedded, ollama, other] = memoryColumns(
      [minute(0), minute(1, { available: null })],
      24e9,
    );
    expect(ts).toEqual([6000, 6060]);
    expect([all, embedded, ollama, other]).toEqual([
      [24e9, null],
      [14e9, null],
      [14e9, null],
      [8e9, null],
    ]);
  });

  it('have a hole where the machine slept', () => {
    const [ts, all] = memoryColumns([minute(0), minute(1), minute(60)], 24e9);
    expect(ts).toHaveLength(4);
    expect(all?.[2]).toBeNull();
  });

  it('keep the worst of what falls into one point', () => {
    const week = Array.from({ length: 10_080 }, (_, index) =>
      minute(index, index === 5000 ? { available: 1e9, swapouts: 900 } : {}),
    );
    const [ts, peaks] = swapColumns(week);
    expect(ts.length).toBeLessThanOrEqual(360);
    expect(Math.max(...(peaks ?? []).map((value) => value ?? 0))).toBe(900);
    expect(memorySummary(week, 0)).toMatch(/^Least available 1.0 GB/);
  });
});

describe('what is said of a chart', () => {
  const now = 1_000_000;
  const stats = statsOf([demotedLine(now - 60), logLine(now - 600)], 'hour', now);

  it('names reasons, and says when there was nothing', () => {
    expect(demotedSummary(stats)).toBe('1 demotion: no room in memory (1); 0 failed.');
    expect(latencySummary(statsOf([], 'hour', now))).toBe('No model answered in this time.');
    expect(swapSummary([], stats)).toBe('This machine does not tell; 1 demoted, 0 failed.');
    expect(swapSummary([minute(0)], null)).toBe('Nothing was swapped out.');
  });

  it('has no hit rate where there was no request', () => {
    const [, rates] = hitColumns(stats);
    expect(rates?.filter((value) => value !== null)).toHaveLength(2);
  });

  it('marks when requests were demoted, and when they failed', () => {
    const failed = logLine(now - 900, { exit_code: 4 });
    const marks = marksOf(statsOf([demotedLine(now - 60), failed, logLine(now - 600)], 'hour', now));
    expect(marks.map(({ kind }) => kind)).toEqual(['demoted', 'failed']);
    expect(Math.abs((marks[1]?.ts ?? 0) - failed.ts)).toBeLessThanOrEqual(30);
  });
});
