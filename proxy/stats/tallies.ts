import type { Stats } from '../contract.ts';
import { addSums, noSums, type Sums, toTally } from './sums.ts';

export type Tallies = Pick<Stats, 'buckets' | 'total' | 'models'>;
/** With how much of the log they tell of. */
export type CountedTallies = Tallies & Pick<Stats, 'counting'>;

/** Sums by time and model, put together to tallies. Times are seconds since 1970. */
export function tallies(
  rows: Iterable<{ ts: number; model: string; sums: Sums }>,
  from: number,
  to: number,
  stepS: number,
): Tallies {
  const buckets = Array.from({ length: Math.ceil((to - from) / stepS) }, noSums);
  const models = new Map<string, Sums>();
  for (const { ts, model, sums } of rows) {
    const bucket = buckets[Math.floor((ts - from) / stepS)];
    if (bucket) addSums(bucket, sums);
    const ofModel = models.get(model) ?? noSums();
    addSums(ofModel, sums);
    models.set(model, ofModel);
  }
  const total = noSums();
  for (const sums of models.values()) addSums(total, sums);
  return {
    buckets: buckets.map((sums, i) => ({ ts: from + i * stepS, ...toTally(sums) })),
    total: toTally(total),
    models: [...models]
      .map(([model, sums]) => ({ model, ...toTally(sums) }))
      .sort((a, b) => b.requests - a.requests || a.model.localeCompare(b.model)),
  };
}
