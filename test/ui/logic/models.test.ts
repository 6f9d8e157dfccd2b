import { describe, expect, it } from 'vitest';
import type { ModelStatus } from '../../../proxy/contract.ts';
import { warmthOf } from '../../../renderer/models/warmth.ts';
import { readPrices } from '../../../renderer/settings/read-prices.ts';
import { modelStatus } from '../fixture-data.ts';

const warmth = (fields: Partial<ModelStatus>, passed = 0) => warmthOf(modelStatus('m', fields), passed);

describe('how warm a model is', () => {
  it('goes down by itself between two statuses', () => {
    const warm: Partial<ModelStatus> = { state: 'warm', expires_in_s: 150, keep_alive_s: 300 };
    expect(warmth(warm)).toEqual({ words: 'warm for 3 min', ring: { kind: 'part', part: 0.5 }, ticks: true });
    expect(warmth(warm, 120).words).toBe('warm for 30 s');
    expect(warmth(warm, 999)).toMatchObject({ words: 'warm for 0 s', ring: { part: 0 }, ticks: false });
  });

  it('has no end when it is pinned, busy, or kept for ever', () => {
    expect(warmth({ state: 'warm', pinned: true, expires_in_s: 9 }).words).toBe('stays warm');
    expect(warmth({ state: 'warm', in_flight: 1 }).words).toBe('answering');
    expect(warmth({ state: 'warm', keep_alive_s: null })).toMatchObject({ words: 'warm', ticks: false });
    expect(warmth({ state: 'cold', pinned: true }).words).toBe('cold, waits for room');
  });

  it('is not for this machine to say of one on another', () => {
    expect(warmth({ state: 'remote', pinned: true })).toEqual({
      words: 'on another machine',
      ring: { kind: 'part', part: 1 },
      ticks: false,
    });
    expect(warmth({ state: 'remote', in_flight: 2 }).words).toBe('answering elsewhere');
  });

  it('is on its way for as long as last time, or nobody knows how long', () => {
    const loading: Partial<ModelStatus> = { state: 'loading', loading: { elapsed_s: 2, expected_s: 8 } };
    expect(warmth(loading, 2)).toEqual({
      words: 'loading, 4 s of about 8 s',
      ring: { kind: 'part', part: 0.5 },
      ticks: true,
    });
    expect(warmth(loading, 60).ring).toEqual({ kind: 'part', part: 0.97 });
    expect(warmth({ state: 'loading', loading: { elapsed_s: 2, expected_s: null } }).ring.kind).toBe(
      'moving',
    );
    expect(warmth({ state: 'loading' }).words).toBe('loading');
  });
});

describe('prices', () => {
  it('are numbers with a currency', () => {
    expect(readPrices({ input: '3', output: '15,5', currency: 'usd' })).toEqual({
      input: 3,
      output: 15.5,
      currency: 'USD',
    });
  });

  it('are taken away by emptying both', () => {
    expect(readPrices({ input: ' ', output: '', currency: 'USD' })).toBeNull();
  });

  it('say what is wrong', () => {
    expect(readPrices({ input: '3', output: '', currency: 'USD' })).toMatch(/Both prices/);
    expect(readPrices({ input: '-3', output: '1', currency: 'USD' })).toMatch(/Both prices/);
    expect(readPrices({ input: '3', output: '1', currency: 'toast' })).toMatch(/three letters/);
  });
});
