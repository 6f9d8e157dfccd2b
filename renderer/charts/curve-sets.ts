import { bytes, rate, UNKNOWN } from '../format/bytes.ts';
import { count } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import type { Named } from './chart.tsx';
import type { Columns } from './curves.ts';

/** Which curves each chart has, and how their values are said. */

type Words = (value: number | null) => string;

const plain =
  (column: number, words: Words): Named['value'] =>
  (columns, index) =>
    words(columns[column]?.[index] ?? null);

/** The part of a stacked curve that is its own. */
const own =
  (column: number, below: number, words: Words): Named['value'] =>
  (columns: Columns, index) => {
    const upper = columns[column]?.[index] ?? null;
    const lower = below === 0 ? 0 : (columns[below]?.[index] ?? null);
    return words(upper === null || lower === null ? null : upper - lower);
  };

// The upper ones are drawn first, and what is below them over them.
/** Memory, stacked; the columns of `memoryColumns` in reverse, after what is all of it. */
export const memoryCurves: Named[] = [
  { name: 'Available', color: '--free', shape: 'area', value: own(1, 2, bytes) },
  { name: 'Embedded', color: '--c1', shape: 'area', value: own(2, 3, bytes) },
  { name: 'Ollama', color: '--c0', shape: 'area', value: own(3, 4, bytes) },
  { name: 'Other', color: '--other', shape: 'area', value: own(4, 0, bytes) },
];

export const swapCurves: Named[] = [
  {
    name: 'Swapped out',
    color: '--c5',
    shape: 'bars',
    value: plain(1, (value) => (value === null ? UNKNOWN : `${rate(value)}/s`)),
  },
];

export const latencyCurves: Named[] = [
  { name: 'Half within', color: '--c0', shape: 'line', value: plain(1, duration) },
  { name: '95% within', color: '--c3', shape: 'line', dash: true, value: plain(2, duration) },
];

export const hitCurves: Named[] = [
  {
    name: 'From the cache',
    color: '--c1',
    shape: 'bars',
    value: plain(1, (value) => (value === null ? UNKNOWN : `${Math.round(value)}%`)),
  },
];

export const demotedCurves: Named[] = [
  { name: 'Failed', color: '--bad', shape: 'bars', value: own(1, 2, count) },
  { name: 'Demoted', color: '--c0', shape: 'bars', value: plain(2, count) },
];
