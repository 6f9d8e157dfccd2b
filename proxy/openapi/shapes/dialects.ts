import * as z from 'zod';
import { count, finishReason } from './base.ts';

/** What the dialects beside OpenAI's chat answer. Of what others have described in full, only what is read most is here. */

const usage = { prompt_tokens: count, total_tokens: count };

export const embeddingList = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: count,
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('Of length 1; as base64, 32-bit floats, the lowest byte first.'),
      }),
    ),
    model: z.string(),
    usage: z.object(usage),
  })
  .describe('Vectors, in the order of the texts.');

export const textCompletion = z
  .object({
    id: z.string(),
    object: z.literal('text_completion'),
    created: z.int(),
    model: z.string().describe('The model that served.'),
    choices: z.array(
      z.object({
        index: count,
        text: z.string(),
        logprobs: z.looseObject({}).nullable(),
        finish_reason: finishReason.nullable(),
      }),
    ),
    usage: z.object({ ...usage, completion_tokens: count }).exactOptional(),
  })
  .describe('How a text goes on: whole, or a piece of it.');

export const response = z
  .looseObject({
    id: z.string(),
    object: z.literal('response'),
    created_at: z.int(),
    status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
    model: z.string().describe('The model that served.'),
    output: z.array(z.looseObject({ type: z.string() })).describe('Messages, calls of functions, thoughts.'),
    store: z.literal(false).describe('Nothing is kept.'),
  })
  .describe('A response of OpenAI’s.');

const WORKING = ['created', 'in_progress', 'completed', 'incomplete', 'failed'];
const PIECES = [
  ...['output_item.added', 'output_item.done', 'content_part.added', 'content_part.done'],
  ...['output_text.delta', 'output_text.done', 'reasoning_text.delta', 'reasoning_text.done'],
  ...['reasoning_summary_part.added', 'reasoning_summary_part.done'],
  ...['reasoning_summary_text.delta', 'reasoning_summary_text.done'],
  ...['function_call_arguments.delta', 'function_call_arguments.done'],
];
const responseEvent = z.looseObject({ type: z.string(), sequence_number: count });

/** By their names. */
export const responseEvents: Record<string, z.ZodType> = {
  ...Object.fromEntries(
    WORKING.map((name) => [`response.${name}`, z.object({ ...responseEvent.shape, response })]),
  ),
  ...Object.fromEntries(PIECES.map((name) => [`response.${name}`, responseEvent])),
  error: responseEvent,
};

const anthropicUsage = z.object({
  input_tokens: count,
  cache_creation_input_tokens: z.literal(0),
  cache_read_input_tokens: z.literal(0),
  output_tokens: count,
});
const ended = {
  stop_reason: z.enum(['end_turn', 'max_tokens', 'tool_use', 'refusal']).nullable(),
  stop_sequence: z.null(),
};

export const anthropicMessage = z
  .object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string().describe('The model that served.'),
    content: z
      .array(z.looseObject({ type: z.enum(['text', 'thinking', 'tool_use']) }))
      .describe('Thoughts only where they were asked for.'),
    ...ended,
    usage: anthropicUsage,
  })
  .describe('A message of Anthropic’s.');

export const anthropicError = z
  .object({
    type: z.literal('error'),
    error: z.object({
      type: z.string().describe('In Anthropic’s words, such as `not_found_error`.'),
      message: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
    request_id: z.string(),
  })
  .describe('An error in Anthropic’s shape, with the fields of OpenAI’s beside.');

const block = { type: z.string(), index: count };

/** By their names. */
export const anthropicEvents: Record<string, z.ZodType> = {
  message_start: z.object({ type: z.string(), message: anthropicMessage }),
  content_block_start: z.object({ ...block, content_block: z.looseObject({ type: z.string() }) }),
  content_block_delta: z.object({ ...block, delta: z.looseObject({ type: z.string() }) }),
  content_block_stop: z.object(block),
  message_delta: z.object({ type: z.string(), delta: z.object(ended), usage: anthropicUsage }),
  message_stop: z.object({ type: z.string() }),
  error: anthropicError,
};

const details = z.looseObject({
  family: z.string(),
  context_length: z.int().exactOptional().describe('As it is served here.'),
});

export const ollamaModel = z
  .object({
    name: z.string(),
    model: z.string(),
    modified_at: z.string(),
    size: z.number().describe('Bytes.'),
    digest: z.string().describe('sha256, hex; empty where it is not known.'),
    details,
    capabilities: z.array(z.string()).exactOptional(),
  })
  .describe('A logical model, as Ollama lists its own.');

export const ollamaRunning = z.object({
  name: z.string(),
  model: z.string(),
  size: z.number(),
  digest: z.string(),
  details,
  expires_at: z.string(),
  context_length: z.int(),
});

export const ollamaShown = z.object({
  modelfile: z.string(),
  parameters: z.string(),
  template: z.string().describe('Not told.'),
  details,
  model_info: z.looseObject({}),
  capabilities: z.array(z.string()).exactOptional(),
  modified_at: z.string(),
});

export const dialectShapes = {
  EmbeddingList: embeddingList,
  TextCompletion: textCompletion,
  Response: response,
  AnthropicMessage: anthropicMessage,
  AnthropicError: anthropicError,
  OllamaModel: ollamaModel,
};
