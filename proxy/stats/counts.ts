/** How often something was seen, by its name; or, by whole numbers, a histogram. Written down as JSON. */
export type Counts = Record<string, number>;

export function countOne(counts: Counts, key: string | number): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Adds `more` to `counts`. */
export function addCounts(counts: Counts, more: Counts): void {
  for (const key in more) counts[key] = (counts[key] ?? 0) + (more[key] ?? 0);
}

/** The shortest time told apart, in seconds, and how much longer each bucket's time is than the one before. */
const SHORTEST_S = 0.001;
const GROWTH = 1.05;
/** Some days; whatever says that it took longer is not believed to the second. */
const LAST_BUCKET = 400;

/** The bucket of a time: buckets grow with it, so that percentiles are within 2.5 % of the truth. */
export function bucketOf(seconds: number): number {
  const bucket = Math.round(Math.log(seconds / SHORTEST_S) / Math.log(GROWTH));
  return Math.min(LAST_BUCKET, Math.max(0, bucket));
}

/** The time in seconds below which a share of a histogram lies; null of an empty one. */
export function percentileOf(histogram: Counts, share: number): number | null {
  const counts = Object.entries(histogram);
  const rank = Math.ceil(counts.reduce((sum, [, count]) => sum + count, 0) * share);
  let seen = 0;
  // Whole numbers are an object's keys in ascending order.
  for (const [bucket, count] of counts) {
    seen += count;
    if (seen >= rank) return Number((SHORTEST_S * GROWTH ** Number(bucket)).toPrecision(3));
  }
  return null;
}
