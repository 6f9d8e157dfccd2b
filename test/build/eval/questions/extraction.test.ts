import { describe, expect, it } from 'vitest';
import { extraction } from '../../../../build/eval/questions/extraction.ts';

/** What is to be found is in the text; what is to be counted, added up or chosen is so once more, from the text's own lines. */

const textOf = (number: number): string => extraction[number - 1]?.text ?? '';
const linesOf = (number: number): string[] => textOf(number).split('\n\n')[0]?.split('\n') ?? [];

/** Those whose answer is not simply a piece of the text that nothing else could be taken for. */
const WORKED: Record<number, () => unknown> = {
  3: () => {
    const [desks, chairs, delivery] = linesOf(3)
      .slice(1, 4)
      .map((line) => Number(line.trim().split(/\s+/).at(-1)));
    return ((desks ?? 0) + (chairs ?? 0) + (delivery ?? 0)) * 1.2;
  },
  5: () => Number(/\bpool=(\d+)/.exec(textOf(5))?.[1]),
  6: () => {
    const [thursday, friday] = ['Thu', 'Fri'].map(
      (day) => new RegExp(`^${day} +(\\w+)`, 'm').exec(textOf(6))?.[1],
    );
    expect(textOf(6)).toContain(`${friday} and ${thursday} swap Thursday and Friday`);
    return thursday;
  },
  7: () => linesOf(7).filter((line) => line.split(/\s+/)[1] === 'ERROR').length,
  9: () => {
    const stable = linesOf(9).flatMap((line) => /^release (\S+) .* stable/.exec(line)?.[1] ?? []);
    return stable.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  },
  10: () => {
    const flights = linesOf(10).flatMap((line) => {
      const [, name, price] = /^(.+) \d\d:\d\d, (\d+) euros, no changes$/.exec(line) ?? [];
      return name ? [{ name, price: Number(price) }] : [];
    });
    return flights.sort((a, b) => a.price - b.price)[0]?.name;
  },
  11: () => {
    const approved = linesOf(11).filter((line) => /\bNoor\b.*\bapproved$/.test(line));
    const cents = approved.map((line) => Math.round(Number(/(\d+\.\d\d) +approved/.exec(line)?.[1]) * 100));
    return cents.reduce((sum, one) => sum + one, 0) / 100;
  },
  12: () => {
    const retried = new Set(linesOf(12).flatMap((line) => /retry \d of job (\d+)/.exec(line)?.[1] ?? []));
    const ended = linesOf(12).flatMap((line) => /worker-\d job (\d+) (?:done|failed)/.exec(line)?.[1] ?? []);
    return ended.filter((job) => !retried.has(job));
  },
  14: () => {
    const [, tenant] = /"three" is replaced by "(\w+)"/.exec(textOf(14)) ?? [];
    expect(textOf(14)).toMatch(/shop, the periods of Clause 4 are each one month longer.* Object: shop/);
    return ['none', 'one', 'two', 'three'].indexOf(tenant ?? '') + 1;
  },
  15: () =>
    linesOf(15).flatMap((line) => {
      const [, sensor, battery, seen, state] = /^(S-\d+) .* (\d+) % +(\w+) +(\w+)$/.exec(line) ?? [];
      return sensor && Number(battery) < 20 && seen === 'today' && state !== 'off' ? [sensor] : [];
    }),
};

describe('questions of extraction', () => {
  it.each(Object.entries(WORKED))('extraction-%s, worked out', (number, work) => {
    const value = work();
    const right = extraction[Number(number) - 1]?.right;
    if (typeof value === 'number') expect(right?.value).toBeCloseTo(value, 9);
    else expect(right?.value).toEqual(value);
  });

  it.each(extraction.map((question, i) => [i + 1, question] as const))(
    'extraction-%i: what is found is written there',
    (number, { text, right }) => {
      const source = text.slice(0, text.lastIndexOf('\n\n'));
      const counted = right.is === 'number' && [7, 11, 14].includes(number);
      for (const value of [right.value].flat()) expect(counted || source.includes(String(value))).toBe(true);
    },
  );
});
