import { printTable } from '../helpers/print-table.ts';
import { COLUMNS, type Outcome, simulate } from './simulate.ts';

/** Prints the hour with and without planning, as a table. `node test/simulation/main.ts` */

const outcomes: Outcome[] = [];
for (const column of COLUMNS) outcomes.push(await simulate(column));

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const ROWS: [string, (outcome: Outcome) => string][] = [
  ['requests answered', ({ answered, requests }) => `${answered} of ${requests}`],
  ['by a smaller model', ({ demoted }) => String(demoted)],
  ['lost', ({ lost }) => String(lost)],
  ['thrashing', ({ thrashing }) => seconds(thrashing)],
  ['of that outside a heavy answer', ({ thrashingOutside }) => seconds(thrashingOutside)],
  ['9B, p50', ({ p50 }) => seconds(p50)],
  ['9B, p95', ({ p95 }) => seconds(p95)],
  ['9B warm again after a heavy answer, at most', ({ rewarmed }) => longest(rewarmed)],
];

function longest(rewarmed: (number | null)[]): string {
  const known = rewarmed.filter((value) => value !== null);
  return known.length < rewarmed.length ? 'never' : seconds(Math.max(0, ...known));
}

const HEADS = { without: 'without', with: 'with', demote: 'on_tight: demote' };
printTable([
  ['', ...COLUMNS.map((column) => HEADS[column])],
  ...ROWS.map(([what, of]) => [what, ...outcomes.map(of)]),
]);
