import * as z from 'zod';
import type { LogLine, RequestsPage } from '../../contract.ts';
import { heldTo } from '../held-to.ts';
import { count, exitCode, finishReason, pressureLevel, reason, seconds, time } from './base.ts';

const attempt = z
  .object({ model: z.string(), reason, seconds })
  .describe('A link of the chain that did not answer.');

const member = z.object({
  letter: z
    .string()
    .nullable()
    .describe('Under which the chairman read the answer; null when there was none.'),
  model: z.string(),
  served_by: z.string().nullable().describe('Null when nobody answered in this seat.'),
  outcome: z.enum(['answered', 'demoted', 'lost']),
  reason: reason.nullable(),
  seconds,
  tokens_out: count.nullable(),
  chars: count,
  left_out: count.describe('Characters of the answer’s middle that the chairman did not read.'),
});

const council = z
  .object({
    members: z.array(member),
    chairman: z.string(),
    at_once: count.describe('The most members that answered at the same moment.'),
    synthesis: z.boolean().describe('False: the answer is a single member’s, or there is none.'),
  })
  .describe('How a council came to its answer.');

export const logLine = heldTo<LogLine>()(
  z
    .object({
      ts: time,
      model: z.string().nullable().describe('What was asked for.'),
      served_by: z.string().nullable().describe('Who answered; null: nobody.'),
      prompt_hash: z.string().nullable().describe('Eight digits by which equal prompts are known.'),
      prompt_chars: count.nullable(),
      response_chars: count,
      latency_s: seconds,
      cache_hit: z.boolean(),
      demoted: z.boolean().describe('A later link of the chain answered.'),
      exit_code: exitCode,
      source: z.enum(['ask', 'api', 'stress']),
      request_id: z.string().exactOptional(),
      attempts: z.array(attempt).exactOptional().describe('Links that were tried, or passed over, in vain.'),
      degraded_reason: reason.nullable().exactOptional(),
      ttft_s: seconds.nullable().exactOptional().describe('Until the first token.'),
      load_s: seconds.nullable().exactOptional().describe('Of that, loading weights.'),
      tokens_in: count.nullable().exactOptional(),
      tokens_out: count.nullable().exactOptional(),
      finish: finishReason.nullable().exactOptional(),
      pressure: pressureLevel.exactOptional(),
      swapouts: count.nullable().exactOptional().describe('Pages swapped out meanwhile.'),
      pageouts: count.nullable().exactOptional(),
      command: z.string().exactOptional().describe('The flag of an `ask` that was no question to a model.'),
      task: z
        .enum(['embed', 'complete'])
        .exactOptional()
        .describe('What was asked in place of a chat: vectors, or that a text goes on.'),
      memory: z.literal('tight').exactOptional().describe('Loaded alone although it exceeds what was free.'),
      shared: z.literal(true).exactOptional().describe('An identical request was in flight: one inference.'),
      paid: z.literal(true).exactOptional().describe('It, or a part of a council’s, cost money.'),
      wait_s: seconds.exactOptional().describe('Waiting for weights that were at work for others.'),
      council: council.exactOptional(),
      error: z.string().exactOptional(),
      user: z.string().exactOptional().describe('As the client said.'),
      metadata: z.record(z.string(), z.string()).exactOptional().describe('As the client said.'),
    })
    .describe(
      'A line of the log: what was asked, who answered, and what it took. There is never a prompt in it.',
    ),
);

export const requestsPage = heldTo<RequestsPage>()(
  z.object({
    requests: z.array(logLine).describe('Newest first.'),
    next: z.string().nullable().describe('To be given as `before` for older ones; null: there are none.'),
  }),
);

export const logShapes = { RequestsPage: requestsPage, LogLine: logLine, Attempt: attempt, Council: council };
