import * as z from 'zod';
import { asWell } from '../as-well.ts';

/** Anthropic's Messages request, as far as local runtimes can honour it. Source: Anthropic's API reference, messages. */

const textBlock = z.object({ type: z.literal('text'), text: z.string() });

/** A list of blocks, or a text that stands for one. */
const blocks = <Block extends z.ZodType>(block: Block) =>
  z
    .preprocess(
      (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content),
      z.array(block, 'expected a string or a list of content blocks'),
    )
    .meta(asWell({ type: 'string', description: 'Stands for one block of text.' }));

const imageBlock = z.object({
  type: z.literal('image'),
  source: z.object({
    type: z.literal('base64', 'must be "base64"; nothing is fetched from the network here'),
    data: z.string().regex(/^[A-Za-z0-9+/=\s]+$/, 'must be base64, without a data: prefix'),
  }),
});

const documentBlock = z.object({
  type: z.literal('document'),
  title: z.string().nullish(),
  context: z.string().nullish(),
  source: z.discriminatedUnion(
    'type',
    [
      z.object({ type: z.literal('text'), data: z.string() }),
      z.object({ type: z.literal('content'), content: blocks(textBlock) }),
    ],
    'must be "text" or "content"; of a document, local models can read only its text',
  ),
});

const searchResultBlock = z.object({
  type: z.literal('search_result'),
  title: z.string(),
  source: z.string(),
  content: z.array(textBlock),
});

const toolReferenceBlock = z.object({ type: z.literal('tool_reference'), tool_name: z.string() });

const toolResultBlock = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: blocks(
    z.discriminatedUnion(
      'type',
      [textBlock, imageBlock, documentBlock, searchResultBlock, toolReferenceBlock],
      'a result may hold text, image, document, search_result and tool_reference blocks',
    ),
  ).nullish(),
  is_error: z.boolean().nullish(),
});

const userBlock = z.discriminatedUnion(
  'type',
  [textBlock, imageBlock, documentBlock, searchResultBlock, toolResultBlock],
  'local models can read text, image, document, search_result and tool_result blocks of a user',
);

const assistantBlock = z.discriminatedUnion(
  'type',
  [
    textBlock,
    z.object({ type: z.literal('thinking') }),
    z.object({ type: z.literal('redacted_thinking') }),
    z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.json() }),
  ],
  'local models can read text, thinking, redacted_thinking and tool_use blocks of an assistant',
);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: blocks(userBlock) }),
  z.object({ role: z.literal('assistant'), content: blocks(assistantBlock) }),
  z.object({ role: z.literal('system'), content: blocks(textBlock) }),
]);

const schemaObject = z.record(z.string(), z.json());

const customTool = z.object({
  type: z.literal('custom').nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/),
  description: z.string().nullish(),
  input_schema: schemaObject,
  defer_loading: z.boolean().nullish(),
});

/** A tool that Anthropic's side brings along, such as `web_search_20250305`: nobody has it here. */
const foreignTool = z.object({
  type: z.string().refine((type) => type !== 'custom'),
  name: z.string().optional(),
});

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };

const format = z.object({ type: z.literal('json_schema'), schema: schemaObject });

/** Fields that are honoured by a count of tokens, too. Null means absent. */
export const countRequest = z.object({
  // It stands in every line of the log.
  model: z.string().min(1).max(200),
  messages: z.array(message).min(1, 'must hold at least one message'),
  system: blocks(textBlock).nullish(),
  tools: z
    .array(
      z.union(
        [foreignTool, customTool],
        'expected `name` (1 to 128 letters, digits, dots, dashes or underscores) and `input_schema`',
      ),
    )
    .nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
      z.object({ type: z.literal('none') }),
    ])
    .nullish(),
  thinking: z
    .object({
      type: z.enum(['enabled', 'adaptive', 'between_tools', 'disabled']),
      budget_tokens: z.int().nullish(),
      display: z.string().nullish(),
    })
    .nullish(),
  output_config: z.object({ effort: z.string().nullish(), format: format.nullish() }).nullish(),
  /** What `output_config.format` was called first. */
  output_format: format.nullish(),
});

/** All fields that are honoured. */
export const anthropicRequest = countRequest.extend({
  max_tokens: z.int('is required: the most tokens that the answer may have, at least 1').min(1),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  stop_sequences: z.array(z.string().min(1)).nullish(),
  metadata: z.object({ user_id: z.string().nullish() }).nullish(),
});

export type CountRequest = z.output<typeof countRequest>;
export type AnthropicRequest = z.output<typeof anthropicRequest>;
export type CustomTool = z.output<typeof customTool>;
export type Block = UserBlock | z.output<typeof assistantBlock>;
export type UserBlock = z.output<typeof userBlock>;
export type ResultBlock = z.output<typeof toolResultBlock>;
