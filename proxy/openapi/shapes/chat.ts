import * as z from 'zod';
import { cacheOutcome, count, finishReason, reason } from './base.ts';

/** What OpenAI's chat completions answer, as the writers in dialects/openai write it. */

const logprob = { token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullable() };

const logprobs = z
  .object({
    content: z.array(z.object({ ...logprob, top_logprobs: z.array(z.object(logprob)) })),
    refusal: z.null(),
  })
  .describe('Where `logprobs` was asked for and the runtime has them.');

const usage = z
  .object({ prompt_tokens: count, completion_tokens: count, total_tokens: count })
  .describe('0 where the runtime did not say.');

const toolCall = {
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string().describe('JSON, as text.') }),
};

const reasoning = {
  reasoning: z.string().exactOptional().describe('What a model with `think` thought.'),
  reasoning_content: z.string().exactOptional().describe('The same; clients look for either name.'),
};

const envelope = {
  id: z.string(),
  created: z.int().describe('Seconds since 1970.'),
  model: z
    .string()
    .describe('The model that served, which is another one than was asked for after a demotion.'),
};

export const completion = z
  .object({
    ...envelope,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.object({
        index: count,
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          refusal: z.null(),
          ...reasoning,
          tool_calls: z.array(z.object(toolCall)).exactOptional(),
        }),
        logprobs: logprobs.nullable(),
        finish_reason: finishReason,
      }),
    ),
    usage,
  })
  .describe('A whole answer.');

export const completionChunk = z
  .object({
    ...envelope,
    object: z.literal('chat.completion.chunk'),
    choices: z
      .array(
        z.object({
          index: count,
          delta: z.object({
            role: z.literal('assistant').exactOptional(),
            content: z.string().exactOptional(),
            ...reasoning,
            tool_calls: z.array(z.object({ index: count, ...toolCall })).exactOptional(),
          }),
          finish_reason: finishReason.nullable(),
          logprobs: logprobs.exactOptional(),
        }),
      )
      .describe('Empty on the last chunk, where usage was asked for.'),
    usage: usage.exactOptional(),
  })
  .describe('A piece of a streamed answer.');

const attempts = z
  .string()
  .describe(
    'Links that were tried or passed over: `fast-9b;reason=timeout;seconds=1.204`, with commas between.',
  );

const council = z
  .string()
  .describe(
    'How a council came to its answer: `members=1/2; at-once=1; lost=fast-9b:timeout; synthesis=yes`.',
  );

const facts = {
  'X-Request-Id': z.string().describe('The same as `request_id` in the log.'),
  'X-Cache': cacheOutcome.describe('What the cache had to do with it.'),
  'X-Memory': z
    .literal('tight')
    .exactOptional()
    .describe('It was loaded alone although it exceeds what was free.'),
  'X-Council': council.exactOptional(),
  'X-Attempts': attempts.exactOptional(),
};

/** Headers of an answer. */
export const receiptHeaders = z.object({
  'X-Served-By': z.string().describe('The model that answered.'),
  ...facts,
  'X-Degraded': z
    .string()
    .exactOptional()
    .describe(
      'After a demotion, `fast-9b -> fast-1b`; of a council that was short of members, what it lacked.',
    ),
  'X-Degraded-Reason': reason.exactOptional(),
  'X-Ignored-Params': z.string().exactOptional().describe('Fields that were sent and have no effect here.'),
});

/** Headers of one that failed, as far as it came: a request that was not understood has no id. */
export const failureHeaders = receiptHeaders.partial();

/** Headers of a request for an answer. */
export const askingHeaders = z.object({
  'X-Strict': z.literal('1').exactOptional().describe('Fail rather than let a smaller model answer.'),
  'X-Force': z
    .literal('1')
    .exactOptional()
    .describe('Load the model even where there seems to be no room for it.'),
  'X-Cache': z.literal('use').exactOptional().describe('Look into the prompt cache, and store the answer.'),
  'Cache-Control': z
    .string()
    .exactOptional()
    .describe('`no-cache` answers anew and stores that; `no-store` leaves the cache alone.'),
});

export const chatShapes = {
  ChatCompletion: completion,
  ChatCompletionChunk: completionChunk,
  Usage: usage,
  Logprobs: logprobs,
};
