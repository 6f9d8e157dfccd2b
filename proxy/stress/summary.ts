import { EXIT } from '../contract.ts';
import { percentile } from '../telemetry/percentile.ts';
import type { StressResult } from './run.ts';

/** How the requests to one model went. Times are seconds; null when nothing answered. */
export interface ModelSummary {
  model: string;
  requests: number;
  demoted: number;
  failed: number;
  /** Reasons of demotions, with how often each came. */
  reasons: Record<string, number>;
  latency: { p50: number; p95: number } | null;
  firstToken: { p50: number; p95: number } | null;
  /** Seconds that went into loads. */
  loading: number;
}

export interface StressSummary {
  models: ModelSummary[];
  /** Seconds in which the machine swapped out more than the limit; null where swapping cannot be seen. */
  thrashing: number | null;
  /** The most pages per second. */
  worst: number | null;
  /** The least that was available, in bytes. */
  leastAvailable: number | null;
  /** One sentence. */
  verdict: string;
}

/** What a run has shown. */
export function summarize(result: StressResult): StressSummary {
  const { samples, options, thrashFrom } = result;
  const swapouts = samples.flatMap(({ swapouts: rate }) => rate ?? []);
  const available = samples.flatMap(({ available: bytes }) => bytes ?? []);
  const seen = {
    models: options.models.map((model) => modelSummary(model, result)),
    thrashing:
      swapouts.length === 0
        ? null
        : samples.reduce((sum, one) => sum + ((one.swapouts ?? 0) >= thrashFrom ? one.span : 0), 0),
    worst: swapouts.length === 0 ? null : Math.max(...swapouts),
    leastAvailable: available.length === 0 ? null : Math.min(...available),
  };
  return { ...seen, verdict: verdict(result, seen) };
}

function modelSummary(model: string, { requests }: StressResult): ModelSummary {
  const receipts = requests.map(({ receipt }) => receipt).filter((receipt) => receipt.model === model);
  const answered = receipts.filter(({ exit_code }) => exit_code === EXIT.answered);
  const demoted = answered.filter((receipt) => receipt.demoted);
  const reasons: Record<string, number> = {};
  for (const { degraded_reason } of demoted)
    if (degraded_reason !== null) reasons[degraded_reason] = (reasons[degraded_reason] ?? 0) + 1;
  return {
    model,
    requests: receipts.length,
    demoted: demoted.length,
    failed: receipts.length - answered.length,
    reasons,
    latency: spread(answered.map(({ latency_s }) => latency_s)),
    firstToken: spread(answered.flatMap(({ ttft_s }) => ttft_s ?? [])),
    loading: answered.reduce((sum, { load_s }) => sum + (load_s ?? 0), 0),
  };
}

const spread = (values: number[]) =>
  values.length === 0 ? null : { p50: percentile(values, 0.5), p95: percentile(values, 0.95) };

function verdict(
  { state, requests, total, seconds, thrashFrom }: StressResult,
  { models, thrashing, worst }: Omit<StressSummary, 'verdict'>,
): string {
  const sum = (of: (model: ModelSummary) => number): number => models.reduce((all, one) => all + of(one), 0);
  const [demoted, failed] = [sum((one) => one.demoted), sum((one) => one.failed)];
  const done = state === 'done' ? '' : `After ${requests.length} of ${total} requests: `;
  if (requests.length === 0) return `${done}nothing was measured.`;
  if (failed === requests.length)
    return `${done}nobody answered: ${requests[0]?.receipt.error ?? 'no reason was given'}`;
  const machine =
    thrashing === null
      ? 'whether the machine swapped cannot be seen here'
      : thrashing > 0
        ? `the machine thrashed for ${Math.round(thrashing)} of ${Math.round(seconds)} s, at worst ${Math.round(worst ?? 0)} pages a second`
        : `the machine did not thrash (at worst ${Math.round(worst ?? 0)} pages a second, the limit is ${thrashFrom})`;
  const answers =
    demoted + failed === 0
      ? `all ${requests.length} answers came from the model that was asked`
      : `${demoted} of ${requests.length} answers came from a smaller model${failed > 0 ? `, and ${failed} requests failed` : ''}`;
  const text = `${done}${machine}; ${answers}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
