import * as z from 'zod';
import type { Stats } from '../../contract.ts';
import { heldTo } from '../held-to.ts';
import { count, reason, seconds, span, time } from './base.ts';

const tally = z
  .object({
    requests: count,
    hits: count.describe('Answered by the cache.'),
    demoted: count,
    failed: count,
    p50: seconds.nullable().describe('Latency in seconds, of answers that were no cache hits.'),
    p95: seconds.nullable(),
    ttft_p50: seconds.nullable().describe('Until the first token.'),
    tokens_in: count,
    tokens_out: count,
    paid_in: count.describe('Of these, of answers that cost money.'),
    paid_out: count,
    swapouts: count.describe('Pages swapped out while requests ran.'),
    reasons: z.partialRecord(reason, count).describe('Demotions by their reason.'),
  })
  .describe('What happened in a stretch of time.');

const bucket = tally
  .extend({ ts: time.describe('Its beginning, in seconds since 1970.') })
  .describe('One step.');
const modelTally = tally.extend({ model: z.string() }).describe('One model.');

export const stats = heldTo<Stats>()(
  z.object({
    span,
    from: time,
    to: time,
    step_s: count,
    buckets: z.array(bucket).describe('One for each step from `from` on, also where nothing happened.'),
    total: tally,
    models: z.array(modelTally).describe('By the model that was asked for.'),
    saved: z
      .number()
      .nullable()
      .describe('What these tokens would have cost elsewhere; null until the config has `prices`.'),
    counting: z
      .object({ done: count, of: count })
      .nullable()
      .describe('Bytes of the log that are counted; null: all.'),
  }),
);

export const statsShapes = { Stats: stats, Tally: tally, Bucket: bucket, ModelTally: modelTally };
