import { describe, expect, it } from 'vitest';
import { addCounts, bucketOf, type Counts, countOne, percentileOf } from '../../proxy/stats/counts.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';

const histogram = (values: number[]): Counts => {
  const counts: Counts = {};
  for (const value of values) countOne(counts, bucketOf(value));
  return counts;
};

describe('a histogram', () => {
  it('has no percentiles while it is empty', () => {
    expect(percentileOf({}, 0.5)).toBeNull();
  });

  it.each([0.001, 0.0042, 0.3, 1, 7.7, 60, 900, 86_400])('knows %d s within three percent', (seconds) => {
    const ratio = (percentileOf(histogram([seconds]), 0.5) ?? 0) / seconds;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
  });

  it('agrees with the exact percentiles', () => {
    const values = Array.from({ length: 5000 }, (_, i) => 0.05 * 1.0015 ** ((i * 7919) % 5000));
    for (const share of [0.5, 0.95, 0.99]) {
      const ratio = (percentileOf(histogram(values), share) ?? 0) / percentile(values, share);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    }
  });

  it('takes nonsense without going astray', () => {
    expect(Object.keys(histogram([0, 1e-9, 1e12]))).toEqual(['0', '400']);
  });

  it('of two added is that of all', () => {
    const sum = histogram([0.1, 0.2, 5]);
    addCounts(sum, histogram([0.2, 9]));
    expect(sum).toEqual(histogram([0.1, 0.2, 0.2, 5, 9]));
  });
});
