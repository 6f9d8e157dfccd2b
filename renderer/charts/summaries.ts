import type { MemoryMinute, Reason, Stats } from '../../proxy/contract.ts';
import { bytes, rate } from '../format/bytes.ts';
import { count, counted, percent } from '../format/numbers.ts';
import { clock, duration } from '../format/time.ts';
import { reasonWords } from '../format/words.ts';

/** A chart in one sentence, for whoever cannot see it and whoever does not want to. */

/** The tightest minute. */
export function memorySummary(minutes: readonly MemoryMinute[], now: number): string {
  const told = minutes.filter(({ available }) => available !== null);
  const tightest = told.reduce<MemoryMinute | null>(
    (worst, one) => ((one.available ?? 0) < (worst?.available ?? Number.POSITIVE_INFINITY) ? one : worst),
    null,
  );
  if (!tightest) return 'Nothing was measured in this time.';
  return `Least available ${bytes(tightest.available)} at ${clock(tightest.ts, now)}.`;
}

/** Whether the machine swapped, and how many requests suffered. */
export function swapSummary(minutes: readonly MemoryMinute[], stats: Stats | null): string {
  const told = minutes.filter(({ swapouts }) => swapouts !== null);
  const most = Math.max(0, ...told.map(({ swapouts }) => swapouts ?? 0));
  const swapping = told.filter(({ swapouts }) => (swapouts ?? 0) > 0).length;
  const swapped =
    told.length === 0
      ? 'This machine does not tell'
      : most === 0
        ? 'Nothing was swapped out'
        : `Up to ${rate(most)} pages a second, in ${counted(swapping, 'minute')}`;
  if (!stats) return `${swapped}.`;
  const { demoted, failed } = stats.total;
  return `${swapped}; ${count(demoted)} demoted, ${count(failed)} failed.`;
}

/** The two latencies. */
export function latencySummary({ total }: Stats): string {
  if (total.p50 === null) return 'No model answered in this time.';
  return `Half within ${duration(total.p50)}, 95% within ${duration(total.p95)}; first token ${duration(total.ttft_p50)}.`;
}

/** How much the cache answered. */
export function hitSummary({ total }: Stats): string {
  if (total.requests === 0) return 'No request in this time.';
  return `${percent(total.hits, total.requests)} of ${counted(total.requests, 'request')} came from the cache.`;
}

/** How many demotions and what for. */
export function demotedSummary({ total }: Stats): string {
  const reasons = (Object.entries(total.reasons) as [Reason, number][])
    .sort(([, a], [, b]) => b - a)
    .map(([reason, times]) => `${reasonWords(reason)} (${count(times)})`);
  const why = reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
  return `${counted(total.demoted, 'demotion')}${why}; ${count(total.failed)} failed.`;
}
