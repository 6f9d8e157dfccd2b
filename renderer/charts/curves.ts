import type { MemoryMinute, Stats } from '../../proxy/contract.ts';

/** Columns as uPlot wants them: seconds since 1970, then a column for each curve; null where nothing is known. */
export type Columns = [number[], ...(number | null)[][]];

/** How many points a curve of 360 pixels can show. */
const POINTS = 360;

/**
 * Who had how much memory, stacked, the uppermost first: all of it, the embedded engine, Ollama, others. Bytes. Of several
 * minutes in a point the tightest counts.
 */
export function memoryColumns(minutes: readonly MemoryMinute[], total: number): Columns {
  const rows = withGaps(
    thinned(minutes).map((minute): Row => {
      if (minute.available === null) return { ts: minute.ts, values: null };
      const ollama = minute.ollama ?? 0;
      const llamacpp = minute.llamacpp ?? 0;
      const other = Math.max(0, total - minute.available - ollama - llamacpp);
      const upTo = (bytes: number): number => Math.min(total, bytes);
      return { ts: minute.ts, values: [total, upTo(other + ollama + llamacpp), upTo(other + ollama), other] };
    }),
  );
  const column = (index: number) => rows.map(({ values }) => values?.[index] ?? null);
  return [rows.map(({ ts }) => ts), column(0), column(1), column(2), column(3)];
}

/** Pages swapped out per second, the peak of each point. */
export function swapColumns(minutes: readonly MemoryMinute[]): Columns {
  const rows = thinned(minutes);
  return [rows.map(({ ts }) => ts), rows.map(({ swapouts }) => swapouts)];
}

interface Row {
  ts: number;
  values: number[] | null;
}

/** A machine that slept drew no curve: a hole of several points is told by one empty row. */
function withGaps(rows: readonly Row[]): Row[] {
  const step = Math.max(60, (rows[1]?.ts ?? 0) - (rows[0]?.ts ?? 0));
  return rows.flatMap((row, index): Row[] => {
    const before = rows[index - 1];
    if (!before || row.ts - before.ts <= step * 3) return [row];
    return [{ ts: before.ts + step, values: null }, row];
  });
}

function thinned(minutes: readonly MemoryMinute[]): MemoryMinute[] {
  const size = Math.ceil(minutes.length / POINTS);
  if (size <= 1) return [...minutes];
  return Array.from({ length: Math.ceil(minutes.length / size) }, (_, index) =>
    minutes.slice(index * size, (index + 1) * size).reduce((worst, minute) => ({
      ...tighter(worst, minute),
      ts: worst.ts,
      swapouts: worst.swapouts === null ? minute.swapouts : Math.max(worst.swapouts, minute.swapouts ?? 0),
    })),
  );
}

function tighter(one: MemoryMinute, other: MemoryMinute): MemoryMinute {
  return (other.available ?? Number.POSITIVE_INFINITY) < (one.available ?? Number.POSITIVE_INFINITY)
    ? other
    : one;
}

/** Half and 95% of the answers took no longer than this, in seconds. */
export function latencyColumns({ buckets }: Stats): Columns {
  return [buckets.map(({ ts }) => ts), buckets.map(({ p50 }) => p50), buckets.map(({ p95 }) => p95)];
}

/** The part of the requests that the cache answered, in percent; null where there was none. */
export function hitColumns({ buckets }: Stats): Columns {
  return [
    buckets.map(({ ts }) => ts),
    buckets.map(({ hits, requests }) => (requests === 0 ? null : (hits / requests) * 100)),
  ];
}

/** How many requests were demoted, and how many failed on top of them. */
export function demotedColumns({ buckets }: Stats): Columns {
  return [
    buckets.map(({ ts }) => ts),
    buckets.map(({ demoted, failed }) => demoted + failed),
    buckets.map(({ demoted }) => demoted),
  ];
}

/** A moment at which requests were demoted or failed. */
export interface Mark {
  ts: number;
  kind: 'demoted' | 'failed';
}

/** A mark in the middle of each step in which that happened: of the sums, so that none is missing in a long span. */
export function marksOf({ buckets, step_s }: Stats): Mark[] {
  return (['demoted', 'failed'] as const).flatMap((kind) =>
    buckets.filter((bucket) => bucket[kind] > 0).map(({ ts }): Mark => ({ ts: ts + step_s / 2, kind })),
  );
}
