import { table } from '../../proxy/ask/columns.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { KINDS } from './questions/question.ts';
import { countOf, difference, isShown, mcnemar, type Pairs, smallestShown, wilson } from './statistics.ts';
import { type ArmResults, type Comparison, compare, type Result } from './tally.ts';

/** What was found, for a person: a table of all arms, then the council against each of the others. */
export function report(arms: readonly ArmResults[]): string {
  const council = arms.find(({ arm }) => arm.role === 'council');
  const others = arms.filter((one) => one !== council);
  const pairs = council ? others.map((other) => against(council, other)) : [];
  return [resultsTable(arms), ...reasons(arms), ...pairs].join('\n');
}

type Row = [string, (results: readonly Result[]) => string];

function resultsTable(arms: readonly ArmResults[]): string {
  const rows: Row[] = [
    ...KINDS.map(
      (kind): Row => [kind, (results) => rightOf(results.filter(({ question }) => question.kind === kind))],
    ),
    ['all', rightOf],
    ...rare(arms, 'no answer line', ({ verdict }) => verdict === 'no line'),
    ...rare(arms, 'cut at its limit', ({ verdict, reply }) => verdict !== null && reply.finish === 'length'),
    ...rare(arms, 'degraded, not counted', ({ reply }) => reply.degraded !== null),
    ...rare(arms, 'failed, not counted', ({ reply }) => reply.failed !== null),
    ['seconds, median', (results) => percentile(seconds(results), 0.5).toFixed(1)],
    ['seconds, total', (results) => sum(seconds(results)).toFixed(0)],
    ['tokens, total', (results) => String(sum(counted(results).map(({ reply }) => reply.tokens ?? 0)))],
  ];
  const head = [
    'right (95 % interval)',
    ...arms.map(({ arm }) => (arm.role === 'chairman' ? `${arm.model} (chairman alone)` : arm.model)),
  ];
  return table([
    head,
    ...rows.map(([name, cell]) => [
      name,
      ...arms.map(({ results }) => (results.length > 0 ? cell(results) : '-')),
    ]),
  ]);
}

const counted = (results: readonly Result[]): readonly Result[] =>
  results.filter(({ verdict }) => verdict !== null);
const seconds = (results: readonly Result[]): number[] => counted(results).map(({ reply }) => reply.seconds);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A row of what may happen, where it has. */
function rare(arms: readonly ArmResults[], name: string, happened: (result: Result) => boolean): Row[] {
  return arms.some(({ results }) => results.some(happened))
    ? [[name, (results) => String(results.filter(happened).length)]]
    : [];
}

function rightOf(results: readonly Result[]): string {
  const of = counted(results);
  if (of.length === 0) return '-';
  const right = of.filter(({ verdict }) => verdict === 'right').length;
  const { low, high } = wilson(right, of.length);
  return `${right} of ${of.length} (${percent(low)} to ${percent(high)} %)`;
}

/** Why questions are not counted, each reason once. */
function reasons(arms: readonly ArmResults[]): string[] {
  const lines = arms.flatMap(({ arm, results }) => {
    const all = results.flatMap(({ reply }) => reply.failed ?? reply.degraded ?? []);
    return [...Map.groupBy(all, (why) => why)].map(
      ([why, same]) => `${arm.model}, ${same.length} not counted: ${why}\n`,
    );
  });
  return lines.length > 0 ? [lines.join('')] : [];
}

function against(council: ArmResults, other: ArmResults): string {
  const found = compare(council, other);
  const [a, b] = [council.arm.model, other.arm.model];
  const questions = countOf(found);
  const title = `${a} against ${b}${other.arm.role === 'chairman' ? ', its chairman alone' : ''}`;
  const leftOut = found.leftOut > 0 ? `, ${found.leftOut} left out for what failed or was degraded` : '';
  if (questions === 0) return `${title}: nothing to compare yet${leftOut}.\n`;
  const { value, low, high } = difference(found);
  return `${title}: ${questions} questions${leftOut}
  ${counts(a, b, found)}
  difference ${points(value)} points, 95 % interval ${points(low)} to ${points(high)}; McNemar's exact p = ${mcnemar(found.onlyFirst, found.onlySecond).toFixed(3)}
${inForm(a, b, found)}  ${verdict(a, b, found)}
`;
}

const counts = (a: string, b: string, { both, onlyFirst, onlySecond, neither }: Pairs): string =>
  `both right ${both}, only ${a} ${onlyFirst}, only ${b} ${onlySecond}, neither ${neither}`;

/** Who forgets the answer line is wrong by form; so the rest is shown by itself where that has happened. */
function inForm(a: string, b: string, found: Comparison): string {
  const of = countOf(found.inForm);
  if (of === countOf(found)) return '';
  return `  where both gave an answer line (${of}): ${counts(a, b, found.inForm)}\n`;
}

/** What can honestly be said, in either direction. */
function verdict(a: string, b: string, found: Comparison): string {
  const cost = `${a} took ${(found.firstSeconds / found.secondSeconds).toFixed(1)} times the seconds`;
  if (isShown(found)) {
    const better = found.onlyFirst > found.onlySecond;
    return `${a} is ${better ? 'better' : 'worse'} than ${b} at these questions; ${cost}.`;
  }
  return `No difference that ${countOf(found)} questions can show${limitOf(found)}; ${cost}.`;
}

function limitOf(pairs: Pairs): string {
  const smallest = smallestShown(countOf(pairs), pairs.onlyFirst + pairs.onlySecond);
  return smallest === null
    ? ' (so few cannot show any)'
    : ` (the smallest that these could have shown is ${(smallest * 100).toFixed(0)} points)`;
}

const percent = (share: number): string => (share * 100).toFixed(0);
const points = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`;
