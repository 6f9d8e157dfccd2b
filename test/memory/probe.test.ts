import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryProbe } from '../../proxy/memory/probe.ts';
import type { MemoryReading } from '../../proxy/memory/reading.ts';

afterEach(() => {
  vi.useRealTimers();
});

function reading(swapouts: number): MemoryReading {
  const counters = { pageouts: null, pageins: null, swapouts, decompressions: null, major_faults: null };
  return { total: 100, available: 50, swapUsed: 0, kernelLevel: null, stalled: null, counters };
}

/** A probe on a clock that the test moves; `taken` are the seconds of its samples. */
function start() {
  vi.useFakeTimers({ now: 0 });
  const taken: number[] = [];
  const state = { swapouts: 0, broken: false };
  const warnings: string[] = [];
  const wall = () => Date.now() / 1000;
  const probe = new MemoryProbe({
    read: async () => {
      if (state.broken) throw new Error('no vm_stat');
      return reading(state.swapouts);
    },
    processes: async () => [],
    wall,
    warn: (message) => warnings.push(message),
  });
  probe.listen(({ ts }) => void taken.push(ts));
  return { probe, taken, state, warnings, seconds: (n: number) => vi.advanceTimersByTimeAsync(n * 1000) };
}

describe('the probe', () => {
  it('looks every 15 s, and every 2 s while somebody watches', async () => {
    const { probe, taken, seconds } = start();
    await seconds(31);
    expect(taken).toEqual([0, 15, 30]);
    const end = probe.watch();
    await seconds(6);
    end();
    expect(taken.slice(3)).toEqual([32, 34, 36]);
    probe.close();
    await seconds(60);
    expect(taken).toHaveLength(6);
  });

  it('takes nothing for young because the clock was set back', async () => {
    const { probe } = start();
    await probe.sample();
    vi.setSystemTime(-3_600_000);
    const { ts } = await probe.sample(2);
    expect(ts).toBe(-3600);
    expect(await probe.sample(2)).toBe(probe.last);
    probe.close();
  });

  it('does not look more often for many short requests', async () => {
    const { probe, taken, seconds } = start();
    for (let i = 0; i < 100; i++) {
      probe.watch()();
      await seconds(0.1);
    }
    expect(taken.length).toBeLessThanOrEqual(6);
    probe.close();
  });

  it('told of a sleep looks at once, tells who listens, and counts nothing of the time in it', async () => {
    const { probe, taken, state, seconds } = start();
    await seconds(1);
    let woken = 0;
    probe.onWake(() => (woken += 1));
    const rates: (number | null)[] = [];
    probe.listen((sample) => void rates.push(sample.rates.swapouts));
    state.swapouts = 90_000;
    probe.woke();
    await seconds(0);
    expect([woken, taken, rates]).toEqual([1, [0, 1], [null]]);
    state.swapouts = 90_030;
    await seconds(15);
    expect(rates).toEqual([null, 2]);
    probe.close();
  });

  it('counts what was swapped out since a mark, and knows when it cannot', async () => {
    const { probe, state, seconds } = start();
    await seconds(1);
    const mark = probe.mark();
    expect(probe.since(mark)).toEqual({ swapouts: null, pageouts: null });
    state.swapouts = 70;
    await seconds(15);
    expect(probe.since(mark)).toEqual({ swapouts: 70, pageouts: null });
    expect(probe.last?.rates.swapouts).toBeCloseTo(70 / 15);
    probe.close();
  });

  it('tells a sleep, and takes no rate across it', async () => {
    const { probe, state, seconds } = start();
    let woken = 0;
    probe.onWake(() => {
      woken += 1;
    });
    await seconds(1);
    state.swapouts = 1e6;
    vi.setSystemTime(3_600_000);
    await seconds(15);
    expect(woken).toBe(1);
    expect(probe.last?.rates.swapouts).toBeNull();
    probe.close();
  });

  it('warns once while memory cannot be measured, and goes on', async () => {
    const { probe, taken, state, warnings, seconds } = start();
    await seconds(1);
    state.broken = true;
    await seconds(45);
    expect(warnings).toEqual(['memory cannot be measured (no vm_stat)']);
    state.broken = false;
    await seconds(15);
    expect(taken).toHaveLength(2);
    probe.close();
  });
});
