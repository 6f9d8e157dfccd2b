import { describe, expect, it } from 'vitest';
import {
  difference,
  isShown,
  mcnemar,
  type Pairs,
  smallestShown,
  wilson,
} from '../../../build/eval/statistics.ts';

/** How many ways there are to take k of n, by Pascal's triangle. */
function ways(n: number, k: number): number {
  let row = [1];
  for (let i = 0; i < n; i++) row = [1, ...row.map((one, at) => one + (row[at + 1] ?? 0))];
  return row[k] ?? 0;
}
const chanceOf = (k: number, n: number, share: number): number =>
  ways(n, k) * share ** k * (1 - share) ** (n - k);

describe("Wilson's interval", () => {
  it.each([
    [40, 60],
    [0, 15],
    [15, 15],
    [1, 4],
  ])('of %i of %i has the shares that are less than 1.96 standard errors away', (right, of) => {
    // By its definition, tried out: a share belongs to it when what was seen is not too far from it.
    const near = Array.from({ length: 100_001 }, (_, i) => i / 100_000).filter(
      (share) => (right / of - share) ** 2 <= (1.959963984540054 ** 2 * share * (1 - share)) / of + 1e-12,
    );
    const { low, high } = wilson(right, of);
    expect(low).toBeCloseTo(Math.min(...near), 4);
    expect(high).toBeCloseTo(Math.max(...near), 4);
  });
});

describe("McNemar's exact test", () => {
  it.each([
    [8, 1],
    [1, 8],
    [5, 5],
    [6, 0],
    [0, 0],
    [20, 9],
  ])('for %i against %i is the share of coin tosses that are as uneven', (first, second) => {
    const of = first + second;
    const uneven = (heads: number): number => Math.abs(2 * heads - of);
    const all = Array.from({ length: of + 1 }, (_, heads) => heads);
    const p = all
      .filter((heads) => uneven(heads) >= uneven(first))
      .reduce((sum, k) => sum + chanceOf(k, of, 0.5), 0);
    expect(mcnemar(first, second)).toBeCloseTo(p, 10);
  });

  it('counts every single one of the ways in which ten can fall', () => {
    let uneven = 0;
    for (let way = 0; way < 1024; way++) {
      const heads = way.toString(2).replaceAll('0', '').length;
      if (heads <= 1 || heads >= 9) uneven += 1;
    }
    expect(mcnemar(9, 1)).toBeCloseTo(uneven / 1024, 12);
    expect(isShown({ both: 0, onlyFirst: 9, onlySecond: 1, neither: 0 })).toBe(true);
    expect(isShown({ both: 50, onlyFirst: 5, onlySecond: 0, neither: 5 })).toBe(false);
  });
});

describe('the interval of a difference', () => {
  it('is what the formula gives by hand', () => {
    // n = 58, 10 and 4: 60 with the added ones, shares 10.5 / 60 = 0.175 and 4.5 / 60 = 0.075, of which the difference is
    // 0.1 and the standard error the root of (0.25 - 0.01) / 60 = 0.004, that is 0.063246.
    const { value, low, high } = difference({ both: 30, onlyFirst: 10, onlySecond: 4, neither: 14 });
    expect(value).toBeCloseTo(6 / 58, 12);
    expect(low).toBeCloseTo(0.1 - 1.959964 * 0.063246, 5);
    expect(high).toBeCloseTo(0.1 + 1.959964 * 0.063246, 5);
  });

  it('turns round with the arms, and stays within -1 and 1', () => {
    const pairs = { both: 3, onlyFirst: 9, onlySecond: 2, neither: 1 };
    const turned = difference({ ...pairs, onlyFirst: 2, onlySecond: 9 });
    expect(difference(pairs).low).toBeCloseTo(-turned.high, 12);
    expect(difference({ both: 0, onlyFirst: 2, onlySecond: 0, neither: 0 }).high).toBe(1);
  });

  it.each([
    [0.5, 0.1, 0.1],
    [0.5, 0.2, 0.05],
    [0.3, 0.15, 0.1],
    [0.4, 0.3, 0.05],
  ])('holds the true difference in some 95 of 100 runs of 60 questions (%f %f %f)', (both, first, second) => {
    // All runs that there can be, each with its chance. Only the questions that one got right matter.
    let held = 0;
    for (let split = 0; split <= 60; split++)
      for (let onlyFirst = 0; onlyFirst <= split; onlyFirst++) {
        const pairs: Pairs = { both: 60 - split, onlyFirst, onlySecond: split - onlyFirst, neither: 0 };
        const { low, high } = difference(pairs);
        const chance =
          chanceOf(split, 60, first + second) * chanceOf(onlyFirst, split, first / (first + second));
        if (low <= first - second && first - second <= high) held += chance;
      }
    expect(both + first + second).toBeLessThanOrEqual(1);
    expect(held).toBeGreaterThan(0.94);
    expect(held).toBeLessThan(0.97);
  });
});

describe('the smallest difference that could have been shown', () => {
  it('is known from all splits', () => {
    // Of 13, 11 to 2 is the first that is shown (p 0.022; 10 to 3 has 0.092).
    expect(smallestShown(60, 13)).toBeCloseTo(9 / 60, 12);
    // Fewer than six show nothing however they fall.
    expect(smallestShown(60, 0)).toBeCloseTo(6 / 60, 12);
    expect(smallestShown(60, 5)).toBeCloseTo(6 / 60, 12);
    expect(smallestShown(5, 2)).toBeNull();
  });
});
