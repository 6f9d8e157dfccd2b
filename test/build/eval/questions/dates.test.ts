import { describe, expect, it } from 'vitest';
import { dates } from '../../../../build/eval/questions/dates.ts';

/** Each answer worked out from the text, day by day on a calendar of its own. */

interface Day {
  year: number;
  month: number;
  day: number;
}
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEK = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const lengthOf = ({ year, month }: Day): number =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? Number.NaN;

function next(one: Day): Day {
  if (one.day < lengthOf(one)) return { ...one, day: one.day + 1 };
  return one.month < 12 ? { ...one, month: one.month + 1, day: 1 } : { year: one.year + 1, month: 1, day: 1 };
}
function before({ year, month, day }: Day): Day {
  if (day > 1) return { year, month, day: day - 1 };
  const last = month > 1 ? { year, month: month - 1, day: 1 } : { year: year - 1, month: 12, day: 1 };
  return { ...last, day: lengthOf(last) };
}
const later = (one: Day, days: number): Day =>
  Array.from({ length: Math.abs(days) }).reduce((day: Day) => (days > 0 ? next(day) : before(day)), one);
const iso = ({ year, month, day }: Day): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
const same = (a: Day, b: Day): boolean => iso(a) === iso(b);

function daysFrom(from: Day, to: Day): number {
  let count = 0;
  for (let day = from; !same(day, to); day = next(day)) count += 1;
  return count;
}
/** The name of a day, counted from one whose name the text gives. */
const weekday = (known: Day, name: string, wanted: Day): string =>
  WEEK[(WEEK.indexOf(name) + daysFrom(known, wanted)) % 7] ?? '';

const datesIn = (text: string): Day[] =>
  [...text.matchAll(new RegExp(`(\\d{1,2}) (${MONTHS.join('|')}) (\\d{4})`, 'g'))].map(
    ([, day, month, year]) => ({
      year: Number(year),
      month: MONTHS.indexOf(month ?? '') + 1,
      day: Number(day),
    }),
  );
const clock = (text: string): number[] =>
  [...text.matchAll(/(\d\d):(\d\d)/g)].map(([, hours, minutes]) => Number(hours) * 60 + Number(minutes));
const hhmm = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
/** The number that stands before some words. */
const numberBefore = (text: string, word: string): number =>
  Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1]);
const namedDay = (text: string): string => new RegExp(WEEK.join('|')).exec(text)?.[0] ?? '';
const NO_DAY: Day = { year: 0, month: 0, day: 0 };

const WORKED: ((text: string, a: Day, b: Day) => string | number)[] = [
  (text, a) => iso(later(a, numberBefore(text, 'days after'))),
  (_, a, b) => daysFrom(a, b) + 1,
  (text) => hhmm((clock(text)[0] ?? Number.NaN) + numberBefore(text, 'minutes')),
  (text, a, b) => weekday(a, namedDay(text), b),
  (text) => WEEK[(WEEK.indexOf(namedDay(text)) + numberBefore(text, 'days')) % 7] ?? '',
  (text, a) => iso(later(a, -numberBefore(text, 'days before'))),
  (_, a, b) => daysFrom(b, a),
  (text) => {
    const [departs = Number.NaN, arrives = Number.NaN] = clock(text);
    return 24 * 60 - departs + arrives - 60 * numberBefore(text, 'hour');
  },
  (text, a) => iso(later(a, numberBefore(text, 'days') * Number(/number (\d+)/.exec(text)?.[1]))),
  (text, a, b) => weekday(a, namedDay(text), b),
  (text, a) => {
    const passed = later(a, numberBefore(text, 'days'));
    let day = { ...passed, day: 1 };
    for (const { month } = passed; day.month === month; ) day = next(day);
    for (let seen = 0; ; day = next(day))
      if (weekday(a, namedDay(text), day) === 'Tuesday' && ++seen === 2) return iso(day);
  },
  (text, a) => {
    const span = daysFrom(a, datesIn(text).at(-1) ?? NO_DAY);
    return Array.from({ length: span + 1 }, (_, i) => weekday(a, namedDay(text), later(a, i))).filter(
      (name) => name === 'Friday',
    ).length;
  },
  (text, a) => {
    let done = 0;
    for (let day = a; ; day = next(day)) {
      if (WEEK.indexOf(weekday(a, 'Thursday', day)) < 5) done += 1;
      if (done === numberBefore(text, 'working days')) return iso(day);
    }
  },
  (text, a) => {
    const [leaves = Number.NaN] = clock(text);
    const flight = numberBefore(text, 'hours and') * 60 + numberBefore(text, 'minutes');
    const there =
      leaves + flight - 60 * (numberBefore(text, 'hours ahead') + numberBefore(text, 'hours behind'));
    return iso(later(a, Math.floor(there / (24 * 60))));
  },
  (text, a) => {
    const every = [...text.matchAll(/every (\d+) days/g)].map(([, days]) => Number(days));
    for (let days = 1; ; days++) if (every.every((one) => days % one === 0)) return iso(later(a, days));
  },
];

describe('questions about dates', () => {
  it.each(dates.map((question, i) => [i + 1, question] as const))('dates-%i', (number, { text, right }) => {
    const [a = NO_DAY, b = NO_DAY] = datesIn(text);
    expect(right).toMatchObject({ value: WORKED[number - 1]?.(text, a, b) });
  });

  it('are worked out, each of them', () => {
    expect(WORKED).toHaveLength(dates.length);
  });

  it('name the weekday that a date really has', () => {
    const named = dates.flatMap(({ text }) => [
      ...[...text.matchAll(/(\d+ \w+ \d{4}) is a (\w+day)/g)].map(([, date, day]) => [date, day]),
      ...[...text.matchAll(/(\w+day), (\d+ \w+ \d{4})/g)].map(([, day, date]) => [date, day]),
    ]);
    expect(named).toHaveLength(5);
    for (const [date, day] of named)
      expect(new Date(`${date} UTC`).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })).toBe(
        day,
      );
  });
});
