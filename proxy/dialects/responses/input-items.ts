import * as z from 'zod';
import { asWell } from '../as-well.ts';

/** The items of a request's `input`. Source: OpenAI's API reference, responses. */

const part = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.enum(['input_text', 'output_text']), text: z.string() }),
    z.object({ type: z.literal('refusal'), refusal: z.string() }),
    z.object({
      type: z.literal('input_image'),
      image_url: z.string('send the image itself as a data: URL; no files are kept here'),
    }),
  ],
  'expected a part of type input_text, input_image, output_text or refusal',
);
const content = z.union([z.string(), z.array(part)]);

const message = z.object({
  type: z.literal('message'),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content,
});

const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  namespace: z.string().nullish(),
  name: z.string(),
  arguments: z.string(),
});

const functionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: content,
});

/** Thoughts of earlier answers: no local model wants them again. */
const reasoning = z.object({ type: z.literal('reasoning') });

/** What tools that are not here have done in a conversation that began elsewhere. */
const foreign = z.object({
  type: z.enum([
    'apply_patch_call',
    'apply_patch_call_output',
    'code_interpreter_call',
    'compaction',
    'computer_call',
    'computer_call_output',
    'custom_tool_call',
    'custom_tool_call_output',
    'file_search_call',
    'image_generation_call',
    'local_shell_call',
    'local_shell_call_output',
    'mcp_approval_request',
    'mcp_approval_response',
    'mcp_call',
    'mcp_list_tools',
    'shell_call',
    'shell_call_output',
    'tool_search_call',
    'tool_search_output',
    'web_search_call',
  ]),
});

const itemReference = z.object({ type: z.literal('item_reference'), id: z.string() });

/** A message may leave its type out, and so may a reference. */
function withType(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || 'type' in item) return item;
  return { ...item, type: 'role' in item ? 'message' : 'item_reference' };
}

export const inputItem = z
  .preprocess(
    withType,
    z.discriminatedUnion(
      'type',
      [message, functionCall, functionCallOutput, reasoning, foreign, itemReference],
      'expected an item such as a message, a function_call or a function_call_output',
    ),
  )
  .meta(asWell({ type: 'object', description: 'A message without its `type`.' }));

export type InputItem = z.output<typeof inputItem>;
export type Content = z.output<typeof content>;
