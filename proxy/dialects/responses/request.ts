import * as z from 'zod';
import { schemaObject } from '../tools.ts';
import { inputItem } from './input-items.ts';
import { tool, toolChoice } from './tool-fields.ts';

/** OpenAI's request for a response, as far as local runtimes can honour it. Source: OpenAI's API reference, responses. */

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().nullable().default(null),
    description: z.string().nullable().default(null),
    schema: schemaObject,
    strict: z.boolean().nullable().default(null),
  }),
]);

/** Fields that are honoured, or looked at to say that they are not. Null means absent, as OpenAI's clients send it. */
export const responsesRequest = z.object({
  // It stands in every line of the log.
  model: z.string().min(1).max(200),
  input: z.union(
    [z.string(), z.array(inputItem).min(1, 'must hold at least one item')],
    'expected a string or a list of items',
  ),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_obfuscation: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  text: z.object({ format: format.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed', 'none']).nullish(),
    })
    .nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

export type ResponsesRequest = z.output<typeof responsesRequest>;

const WHOLE_INPUT = 'nothing is kept here between requests; send the whole input';

/** Fields that would change the answer, and why they cannot be honoured here. */
export const REFUSED: Record<string, string> = {
  previous_response_id: WHOLE_INPUT,
  conversation: WHOLE_INPUT,
  background: `${WHOLE_INPUT}, and wait for the answer`,
  prompt: 'templates are kept by OpenAI; send the text as `instructions` and `input`',
};

/** The value of `include` that asks for the probability of each token. */
export const LOGPROBS = 'message.output_text.logprobs';
