import type { Prices, Span, Stats, Tally } from '../contract.ts';
import { ApiError } from '../errors.ts';
import type { RollUp } from './roll-up.ts';

/** Each span with its length and the step in which it is shown, in seconds. */
const SPANS: Record<Span, { length: number; step: number }> = {
  hour: { length: 3600, step: 60 },
  day: { length: 24 * 3600, step: 900 },
  week: { length: 7 * 24 * 3600, step: 7200 },
};

/** The span that a query names. Throws `ApiError` 400. */
export function parseSpan(value: unknown): Span {
  if (typeof value === 'string' && Object.hasOwn(SPANS, value)) return value as Span;
  throw new ApiError(400, `span must be one of ${Object.keys(SPANS).join(', ')}.`, {
    code: 'invalid_query',
    param: 'span',
  });
}

/** So long, in ms, it waits for what the log has got since; then it answers with what is counted. */
const PATIENCE_MS = 300;

/** `GET /api/stats`: the span up to now; its last step has not ended. `now` is in seconds since 1970. */
export async function statsOf(
  rollUp: RollUp,
  span: Span,
  prices: Prices | undefined,
  now: number,
): Promise<Stats> {
  const { length, step } = SPANS[span];
  const to = (Math.floor(now / step) + 1) * step;
  const from = to - length;
  const found = await rollUp.tally(from, to, step, PATIENCE_MS);
  return {
    span,
    from,
    to,
    step_s: step,
    ...found,
    saved: prices === undefined ? null : worth(found.total, prices),
  };
}

/** What these tokens would have cost. Those that were paid for saved nothing. */
export function worth(
  { tokens_in, tokens_out, paid_in, paid_out }: Tally,
  { input, output }: Prices,
): number {
  return ((tokens_in - paid_in) / 1e6) * input + ((tokens_out - paid_out) / 1e6) * output;
}
