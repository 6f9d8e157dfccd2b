import type { Family, Sample } from './families.ts';

/** What labels stand between in a key; no name of a config has it. */
const BETWEEN = '\n';

/** A number for each combination of labels that has come up. */
export class Counts {
  readonly family: Family;
  readonly #values = new Map<string, number>();

  constructor(family: Family) {
    this.family = family;
  }

  /** `labels` in the order of the family's. */
  add(labels: readonly string[], by = 1): void {
    const key = labels.join(BETWEEN);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  samples(): Sample[] {
    return [...this.#values].map(([key, value]) => ({ labels: labelled(this.family, key), value }));
  }
}

interface Tally {
  /** How many were in each bucket and no smaller one; the last has what is over every bound. */
  buckets: number[];
  sum: number;
}

/** How values are spread over the family's buckets, for each combination of labels that has come up. */
export class Spread {
  readonly family: Family;
  readonly #bounds: readonly number[];
  readonly #tallies = new Map<string, Tally>();

  constructor(family: Family) {
    this.family = family;
    this.#bounds = family.bounds ?? [];
  }

  /** `labels` in the order of the family's. */
  add(labels: readonly string[], value: number): void {
    const key = labels.join(BETWEEN);
    let tally = this.#tallies.get(key);
    if (!tally) {
      tally = { buckets: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#tallies.set(key, tally);
    }
    const over = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = over < 0 ? this.#bounds.length : over;
    tally.buckets[bucket] = (tally.buckets[bucket] ?? 0) + 1;
    tally.sum += value;
  }

  /** Each bucket with all that are smaller, as Prometheus has it. */
  samples(): Sample[] {
    return [...this.#tallies].flatMap(([key, { buckets, sum }]) => {
      const labels = labelled(this.family, key);
      let count = 0;
      const cumulated = buckets.map((inBucket, index): Sample => {
        count += inBucket;
        const le = String(this.#bounds[index] ?? '+Inf');
        return { part: '_bucket', labels: { ...labels, le }, value: count };
      });
      return [...cumulated, { part: '_sum', labels, value: sum }, { part: '_count', labels, value: count }];
    });
  }
}

function labelled({ labels }: Family, key: string): Record<string, string> {
  const values = key.split(BETWEEN);
  return Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']));
}
