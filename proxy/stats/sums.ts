import { EXIT, type LogLine, type Tally } from '../contract.ts';
import { isFailed } from '../telemetry/kinds-of-line.ts';
import { addCounts, bucketOf, type Counts, countOne, percentileOf } from './counts.ts';

/** A tally before its percentiles are taken, so that it can be added to others. */
export interface Sums {
  requests: number;
  hits: number;
  demoted: number;
  failed: number;
  tokens_in: number;
  tokens_out: number;
  paid_in: number;
  paid_out: number;
  swapouts: number;
  /** Histograms of answered requests that were no cache hits. */
  latency: Counts;
  ttft: Counts;
  reasons: Counts;
}

export const noSums = (): Sums => ({
  requests: 0,
  hits: 0,
  demoted: 0,
  failed: 0,
  tokens_in: 0,
  tokens_out: 0,
  paid_in: 0,
  paid_out: 0,
  swapouts: 0,
  latency: {},
  ttft: {},
  reasons: {},
});

/** Counts a line of the log in. */
export function countLine(sums: Sums, line: LogLine): void {
  sums.requests += 1;
  sums.swapouts += line.swapouts ?? 0;
  if (isFailed(line)) sums.failed += 1;
  if (line.demoted) {
    sums.demoted += 1;
    if (line.degraded_reason) countOne(sums.reasons, line.degraded_reason);
  }
  if (line.exit_code !== EXIT.answered) return;
  // Elsewhere, vectors cost next to nothing: nobody sends their texts to the tier above.
  if (line.task !== 'embed') sums.tokens_in += line.tokens_in ?? 0;
  sums.tokens_out += line.tokens_out ?? 0;
  if (line.paid) {
    sums.paid_in += line.tokens_in ?? 0;
    sums.paid_out += line.tokens_out ?? 0;
  }
  if (line.cache_hit) {
    sums.hits += 1;
    return;
  }
  countOne(sums.latency, bucketOf(line.latency_s));
  if (typeof line.ttft_s === 'number') countOne(sums.ttft, bucketOf(line.ttft_s));
}

const PLAIN = [
  ...(['requests', 'hits', 'demoted', 'failed', 'swapouts'] as const),
  ...(['tokens_in', 'tokens_out', 'paid_in', 'paid_out'] as const),
];

/** Adds `more` to `sums`. */
export function addSums(sums: Sums, more: Sums): void {
  for (const key of PLAIN) sums[key] += more[key];
  for (const key of ['latency', 'ttft', 'reasons'] as const) addCounts(sums[key], more[key]);
}

export function toTally({ latency, ttft, ...sums }: Sums): Tally {
  return {
    ...sums,
    p50: percentileOf(latency, 0.5),
    p95: percentileOf(latency, 0.95),
    ttft_p50: percentileOf(ttft, 0.5),
  };
}
