import { type Clock, install } from '@sinonjs/fake-timers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Patience } from '../proxy/patience.ts';

let clock: Clock;
beforeEach(() => {
  clock = install();
});
afterEach(() => clock.uninstall());

function aPatience(lastSign?: () => number) {
  const ends: [at: number, seconds: number, what: string][] = [];
  const began = performance.now();
  const elapsed = (): number => Math.round((performance.now() - began) / 1000);
  const patience = new Patience((seconds, what) => ends.push([elapsed(), seconds, what]), lastSign);
  return { patience, ends, pass: (s: number) => clock.tickAsync(s * 1000) };
}

describe('patience', () => {
  it('ends once nothing has come for so long', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(10, 'a token');
    await pass(9);
    patience.allow(10, 'a token');
    await pass(9);
    expect(ends).toEqual([]);
    await pass(60);
    expect(ends).toEqual([[19, 10, 'a token']]);
  });

  it('becomes shorter or longer with what is awaited, and ends with a stop', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(60, 'the first');
    await pass(1);
    patience.allow(5, 'the second');
    await pass(4);
    patience.allow(30, 'the third');
    await pass(29);
    patience.stop();
    await pass(100);
    expect(ends).toEqual([]);
    patience.allow(2, 'the fourth');
    await pass(3);
    expect(ends.map(([, , what]) => what)).toEqual(['the fourth']);
  });

  it('of 0 has no end', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(0, 'anything');
    await pass(100_000);
    expect(ends).toEqual([]);
  });

  it('does not run while whoever listens takes its time', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(10, 'a token');
    await pass(4);
    patience.hold();
    await pass(500);
    patience.goOn();
    await pass(5);
    expect(ends).toEqual([]);
    await pass(2);
    expect(ends).toEqual([[510, 10, 'a token']]);
  });

  it('waits for whoever is served meanwhile', async () => {
    let sign = Number.NEGATIVE_INFINITY;
    const { patience, ends, pass } = aPatience(() => sign);
    patience.allow(10, 'a token');
    for (let n = 0; n < 5; n++) {
      await pass(8);
      sign = performance.now();
    }
    await pass(9);
    expect(ends).toEqual([]);
    await pass(2);
    expect(ends).toEqual([[50, 10, 'a token']]);
  });

  it('takes up anew where the process has stood still', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(10, 'a token');
    await pass(9);
    // As when the process is stopped or the machine asleep: timers fire only after it.
    clock.jump(3_600_000);
    await pass(9);
    expect(ends).toEqual([]);
    await pass(2);
    expect(ends).toEqual([[3619, 10, 'a token']]);
  });

  it('reads first what came while it was stopped for a moment', async () => {
    const { patience, ends, pass } = aPatience();
    patience.allow(10, 'a token');
    // What has arrived is read after the timers of the same turn.
    setTimeout(() => setImmediate(() => patience.allow(10, 'a token')), 9999);
    await pass(12);
    expect(ends).toEqual([]);
    await pass(10);
    expect(ends).toEqual([[20, 10, 'a token']]);
  });
});
