import * as z from 'zod';
import { samplingFields } from '../sampling.ts';

const ONE = 'only one answer at a time can be made; send the request again for another';
const TEXT = 'expected a text, or a list with one; send a request for each of several';

/** OpenAI's completions request, as far as local runtimes can honour it. Null means absent. Source: OpenAI's API reference, completions. */
export const completionsRequest = z.object({
  // It stands in every line of the log.
  model: z.string().min(1).max(200),
  prompt: z.union([z.string(), z.tuple([z.string()])], TEXT),
  suffix: z.string().nullish(),
  max_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
    .nullish(),
  ...samplingFields,
  /** How many alternatives to each token; 0 for the token alone. */
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
  user: z.string().nullish(),
  n: z.literal(1, ONE).nullish(),
  best_of: z.literal(1, ONE).nullish(),
});

export type CompletionsRequest = z.output<typeof completionsRequest>;

/** Fields that would change the answer, and why they cannot be honoured here. */
export const REFUSED: Record<string, string> = {
  logit_bias: 'local runtimes cannot bias single tokens',
  messages: 'belongs to chat: send it to /v1/chat/completions',
  tools: 'belongs to chat: send it to /v1/chat/completions',
  response_format: 'belongs to chat: send it to /v1/chat/completions',
};
