import { z } from 'zod';
import { count, errorBody } from './base.ts';

/** What Anthropic's API answers, as the writers in dialects/anthropic write it. */

const usage = z.object({
  input_tokens: count,
  cache_creation_input_tokens: z.literal(0),
  cache_read_input_tokens: z.literal(0),
  output_tokens: count,
});

const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.unknown().describe('A text where the model wrote no JSON.'),
  }),
]);

const stop = {
  stop_reason: z.enum(['end_turn', 'max_tokens', 'tool_use', 'refusal']).nullable(),
  stop_sequence: z.null(),
};

export const anthropicMessage = z
  .object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string().describe('The model that served.'),
    content: z.array(block),
    ...stop,
    usage,
  })
  .describe('An answer in Anthropic’s shape.');

export const anthropicError = z
  .object({
    type: z.literal('error'),
    error: errorBody.shape.error,
    request_id: z.string(),
  })
  .describe('An error in Anthropic’s shape, with the fields of OpenAI’s beside.');

const delta = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
  z.object({ type: z.literal('signature_delta'), signature: z.string() }),
  z.object({ type: z.literal('text_delta'), text: z.string() }),
  z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
]);

const event = <Name extends string>(type: Name, fields: z.ZodRawShape) =>
  z.object({ type: z.literal(type), ...fields });

/** By their names. */
export const anthropicEvents = {
  message_start: event('message_start', { message: anthropicMessage }),
  content_block_start: event('content_block_start', { index: count, content_block: block }),
  content_block_delta: event('content_block_delta', { index: count, delta }),
  content_block_stop: event('content_block_stop', { index: count }),
  message_delta: event('message_delta', { delta: z.object(stop), usage }),
  message_stop: event('message_stop', {}),
  error: anthropicError,
};

export const anthropicShapes = {
  AnthropicMessage: anthropicMessage,
  AnthropicBlock: block,
  AnthropicUsage: usage,
  AnthropicError: anthropicError,
};
