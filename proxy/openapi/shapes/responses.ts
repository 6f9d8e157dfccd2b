import { z } from 'zod';
import { count, errorBody } from './base.ts';

/** What OpenAI's API of responses answers, as dialects/responses writes it. */

const logprobs = z.array(z.looseObject({ token: z.string(), logprob: z.number() }));
const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output_text'), text: z.string(), annotations: z.array(z.never()), logprobs }),
  z.object({ type: z.literal('reasoning_text'), text: z.string() }),
  z.object({ type: z.literal('summary_text'), text: z.string() }),
]);

const itemFacts = { id: z.string(), status: z.enum(['in_progress', 'completed', 'incomplete']) };
const item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    ...itemFacts,
    role: z.literal('assistant'),
    content: z.array(part),
  }),
  z.object({
    type: z.literal('reasoning'),
    ...itemFacts,
    summary: z.array(part),
    content: z.array(part).exactOptional(),
  }),
  z.object({
    type: z.literal('function_call'),
    ...itemFacts,
    call_id: z.string(),
    name: z.string(),
    namespace: z.string().exactOptional(),
    arguments: z.string().describe('JSON, as text.'),
  }),
]);

export const responseBody = z
  .looseObject({
    id: z.string(),
    object: z.literal('response'),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.string() }).nullable(),
    model: z.string().describe('The model that served.'),
    output: z.array(item),
    usage: z
      .object({
        input_tokens: count,
        input_tokens_details: z.object({ cached_tokens: count }),
        output_tokens: count,
        output_tokens_details: z.object({ reasoning_tokens: count }),
        total_tokens: count,
      })
      .nullable(),
  })
  .describe('A response; its further fields repeat the request.');

const place = { item_id: z.string(), output_index: count };
const inContent = { ...place, content_index: count };
const inSummary = { ...place, summary_index: count };
const delta = { delta: z.string() };
const text = { text: z.string() };

const FIELDS: Record<string, z.ZodRawShape> = {
  'response.created': { response: responseBody },
  'response.in_progress': { response: responseBody },
  'response.output_item.added': { output_index: count, item },
  'response.output_item.done': { output_index: count, item },
  'response.content_part.added': { ...inContent, part },
  'response.content_part.done': { ...inContent, part },
  'response.output_text.delta': { ...inContent, ...delta, logprobs },
  'response.output_text.done': { ...inContent, ...text, logprobs },
  'response.reasoning_text.delta': { ...inContent, ...delta },
  'response.reasoning_text.done': { ...inContent, ...text },
  'response.reasoning_summary_part.added': { ...inSummary, part },
  'response.reasoning_summary_part.done': { ...inSummary, part },
  'response.reasoning_summary_text.delta': { ...inSummary, ...delta },
  'response.reasoning_summary_text.done': { ...inSummary, ...text },
  'response.function_call_arguments.delta': { ...place, ...delta },
  'response.function_call_arguments.done': { ...place, arguments: z.string() },
  'response.completed': { response: responseBody },
  'response.incomplete': { response: responseBody },
  'response.failed': { response: responseBody },
  error: {
    code: z.string().nullable(),
    message: z.string(),
    param: z.string().nullable(),
    ...errorBody.shape,
  },
};

/** By their names. */
export const responseEvents: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(FIELDS).map(([type, fields]) => [
    type,
    z.object({ type: z.literal(type), sequence_number: count, ...fields }),
  ]),
);

export const responseShapes = { Response: responseBody, ResponseItem: item, ResponsePart: part };
