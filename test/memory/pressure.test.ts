import { describe, expect, it } from 'vitest';
import type { MemorySample, PressureLevel } from '../../proxy/contract.ts';
import { PressureGauge } from '../../proxy/memory/pressure.ts';

interface Signs {
  swapouts?: number;
  stalled?: number;
  kernel?: PressureLevel;
}

function sample(ts: number, { swapouts = 0, stalled = 0, kernel }: Signs): MemorySample {
  const rates = { pageouts: 0, pageins: 0, swapouts, decompressions: null, major_faults: null };
  const resident = { ollama: 0, orphans: 0, llamacpp: 0, toaster: 0 };
  return { ts, total: 1, available: 1, swap_used: 0, kernel_level: kernel ?? null, stalled, rates, resident };
}

/** Samples every two seconds; the changes as `second: level`. */
function follow(signs: Signs[]): string[] {
  const gauge = new PressureGauge(0);
  return signs.flatMap((sign, i) => {
    const change = gauge.take(sample(i * 2, sign), null);
    return change ? [`${change.since}: ${change.level}`] : [];
  });
}
const times = (count: number, signs: Signs): Signs[] => Array.from({ length: count }, () => signs);

describe('pressure', () => {
  it('rises when a sign lasts, and not for a burst', () => {
    expect(follow([...times(2, { swapouts: 500 }), ...times(20, {})])).toEqual([]);
    expect(follow(times(4, { swapouts: 500 }))).toEqual(['4: warn']);
    expect(follow(times(4, { stalled: 50 }))).toEqual(['4: critical']);
  });

  it('rises only as far as held all the time', () => {
    expect(follow([{ swapouts: 9000 }, { swapouts: 500 }, { swapouts: 9000 }, { swapouts: 500 }])).toEqual([
      '4: warn',
    ]);
  });

  it('rises at once when the kernel says so', () => {
    expect(follow([{}, { kernel: 'critical' }])).toEqual(['2: critical']);
  });

  it('falls only after all has been well for a while, and does not flap', () => {
    const flapping = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? { swapouts: 500 } : {}));
    expect(follow([...times(3, { swapouts: 500 }), ...flapping])).toEqual(['4: warn']);
    expect(follow([...times(3, { swapouts: 500 }), ...times(12, {})])).toEqual(['4: warn', '26: normal']);
  });

  it('names why, and who grew', () => {
    const gauge = new PressureGauge(0);
    gauge.take(sample(0, { swapouts: 5000 }), null);
    expect(gauge.take(sample(4, { swapouts: 5000 }), 'Ollama grew by 6.6 GB')).toEqual({
      level: 'critical',
      since: 4,
      why: '5000 pages a second are swapped out; Ollama grew by 6.6 GB',
    });
  });
});
