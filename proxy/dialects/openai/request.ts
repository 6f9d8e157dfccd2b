import * as z from 'zod';
import { samplingFields } from '../sampling.ts';
import { functionName, schemaObject } from '../tools.ts';

/** OpenAI's chat-completions request, as far as local runtimes can honour it. Source: OpenAI's API reference, chat. */

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.string().optional() }),
});

const text = z.union([z.string(), z.array(textPart).min(1)], 'expected a string or a list of text parts');
const userContent = z.union(
  [z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart])).min(1)],
  'expected a string or a list of text and image_url parts',
);

const toolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

export const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: text, name: z.string().optional() }),
  z.object({ role: z.literal('user'), content: userContent, name: z.string().optional() }),
  z.object({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))]).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).optional(),
    name: z.string().optional(),
  }),
  z.object({ role: z.literal('tool'), content: text, tool_call_id: z.string() }),
]);

export const tool = z.object({
  type: z.literal('function', 'only tools of type "function" can be called by local models'),
  function: z.object({
    name: functionName,
    description: z.string().optional(),
    parameters: schemaObject.optional(),
    strict: z.boolean().nullish(),
  }),
});

export const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().optional(),
      description: z.string().optional(),
      schema: schemaObject,
      strict: z.boolean().nullish(),
    }),
  }),
]);

/** Fields that are honoured. Null means absent, as OpenAI's clients send it. */
export const openaiRequest = z.object({
  // It stands in every line of the log.
  model: z.string().min(1).max(200).describe('A name of the config.'),
  messages: z.array(message).min(1, 'must hold at least one message'),
  stream: z.boolean().nullish().describe('The answer as server-sent events.'),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish().describe('A last chunk with the tokens.'),
      include_obfuscation: z.boolean().nullish().describe('Has no effect.'),
    })
    .nullish(),
  ...samplingFields,
  max_tokens: z.int().min(1).nullish().describe('The older name of `max_completion_tokens`.'),
  max_completion_tokens: z.int().min(1).nullish().describe('The most tokens of the answer.'),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union(
      [
        z.enum(['none', 'auto', 'required']),
        z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
      ],
      'expected "none", "auto", "required" or {"type":"function","function":{"name":...}}',
    )
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning_effort: z
    .enum(['none', 'minimal', 'low', 'medium', 'high'])
    .nullish()
    .describe('Of a model that can think.'),
  user: z.string().nullish().describe('For the log, and for taking turns.'),
  metadata: z.record(z.string(), z.string()).nullish().describe('For the log.'),
  n: z.literal(1, 'only one answer at a time can be made; send the request again for another').nullish(),
});

export type OpenaiRequest = z.output<typeof openaiRequest>;

/** Fields that would change the answer, and why they cannot be honoured here. */
export const REFUSED: Record<string, string> = {
  logit_bias: 'local runtimes cannot bias single tokens',
  audio: 'local models answer in text',
  functions: 'is the retired form of `tools`; send `tools`',
  function_call: 'is the retired form of `tool_choice`; send `tool_choice`',
  web_search_options: 'local models cannot search the web',
  suffix: 'belongs to completions, not to chat',
  best_of: 'belongs to completions, not to chat',
  echo: 'belongs to completions, not to chat',
};
