import { expect, it } from 'vitest';
import { arithmetic } from '../../../../build/eval/questions/arithmetic.ts';

/** Each answer worked out from the numbers in the text, mostly by trying and counting rather than by a formula. */

type Numbers = [number, number, number, number, number, number, number];

/** The first whole number from `from` on that fits. */
function first(fits: (n: number) => boolean, from = 0): number {
  for (let n = from; n < 100_000; n++) if (fits(n)) return n;
  return Number.NaN;
}

/** In cents, so that no sum is off by a hair. */
const cents = (euros: number): number => Math.round(euros * 100);

const WORKED: ((...numbers: Numbers) => number)[] = [
  (perBag, bags, eaten) =>
    Array<number>(bags)
      .fill(perBag)
      .reduce((sum, one) => sum + one, -eaten),
  (friends, ticket, buckets, popcorn) => {
    let sum = 0;
    for (let i = 0; i < friends; i++) sum += ticket;
    for (let i = 0; i < buckets; i++) sum += popcorn;
    return sum;
  },
  (start, off1, on1, off2, on2) => [-off1, on1, -off2, on2].reduce((all, change) => all + change, start),
  (price, lower) => first((now) => now * 100 === price * (100 - lower)),
  (perMinute, copies, pages) => first((minutes) => minutes * perMinute >= copies * pages),
  (litres, filled, pump, leak) => {
    let tank = (litres * filled) / 100;
    let minutes = 0;
    for (; tank < litres; minutes++) tank += pump - leak;
    return minutes;
  },
  (mugs, cost, sold, dear, cheap) => {
    let profit = 0;
    for (let mug = 0; mug < mugs; mug++) profit += cents(mug < sold ? dear : cheap) - cents(cost);
    return profit / 100;
  },
  (times, years) => times * first((son) => times * son + years === 2 * (son + years), 1),
  (way, out, back) => (2 * way) / (way / out + way / back),
  (people, grams, packet, guests) => first((packets) => packets * packet * people >= grams * guests),
  (from, to, a, b) => {
    let count = 0;
    for (let n = from; n <= to; n++) if ((n % a === 0) !== (n % b === 0)) count += 1;
    return count;
  },
  (a, b, drain, hours) => {
    // In 1/36 of the pool and whole minutes, nothing is rounded.
    let full = 0;
    let minutes = 0;
    for (; full < 36 * 60; minutes++) full += 36 / a + 36 / b - (minutes < hours * 60 ? 0 : 36 / drain);
    return minutes;
  },
  (times, more, out) => {
    const blue = first((n) => times * n > out && (times * n - out) * 2 === times * n - out + n + n + more);
    return times * blue + blue + blue + more;
  },
  (up, down, upAgain, now) =>
    first((price) => price * (100 + up) * (100 - down) * (100 + upAgain) === now * 1_000_000),
  (owed, interest, back, payments) => {
    let left = cents(owed) * 1e4;
    for (let i = 0; i < payments; i++) left += (left * interest) / 100 - cents(back) * 1e4;
    return Math.round(left / 1e4) / 100;
  },
];

it.each(arithmetic.map((question, i) => [i + 1, question] as const))(
  'arithmetic-%i',
  (number, { text, right }) => {
    const numbers = [...text.matchAll(/\d+(?:\.\d+)?/g)].map(Number) as Numbers;
    const value = WORKED[number - 1]?.(...numbers);
    expect(right).toEqual({ is: 'number', value });
  },
);

it('is worked out, each of them', () => {
  expect(WORKED).toHaveLength(arithmetic.length);
});
