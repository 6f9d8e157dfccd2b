import type { Message } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import type { CountRequest, ResultBlock, UserBlock } from './request.ts';

type AnthropicMessage = CountRequest['messages'][number];
type AssistantBlock = Extract<AnthropicMessage, { role: 'assistant' }>['content'][number];
/** Runtimes want the name of the function with its result; clients send the id of the call. */
type Calls = Map<string, { name: string; place: number }>;
type Readable = Exclude<UserBlock, ResultBlock> | NonNullable<ResultBlock['content']>[number];

/** Claude Code's word to Anthropic's accounting, in front of its system prompt. It is another one for each conversation. */
const BILLING = 'x-anthropic-billing-header:';

/** Whether a block of the system prompt is meant for the server and not for the model. */
export const isBilling = ({ text }: { text: string }): boolean => text.startsWith(BILLING);

/**
 * Anthropic's messages in the order in which models read them. Throws `ApiError` 400 for the result of a tool that nobody
 * called.
 */
export function parseMessages({ system, messages }: CountRequest): Message[] {
  const instructions = (system ?? []).filter((block) => !isBilling(block));
  const calls: Calls = new Map();
  return [
    ...(instructions.length > 0 ? [{ role: 'system' as const, text: textOf(instructions) }] : []),
    ...messages.flatMap((message, at) => {
      if (message.role === 'user') return fromUser(message.content, at, calls);
      if (message.role === 'system') return [{ role: message.role, text: textOf(message.content) }];
      return [fromAssistant(message.content, calls)];
    }),
  ];
}

/** Thinking is left out: models think anew, and what they thought in the last turn only takes room. */
function fromAssistant(content: AssistantBlock[], calls: Calls): Message {
  const text = textOf(content.filter((block) => block.type === 'text'));
  const toolCalls = content.flatMap((block) => {
    if (block.type !== 'tool_use') return [];
    calls.set(block.id, { name: block.name, place: calls.size });
    return { id: block.id, name: block.name, arguments: JSON.stringify(block.input) };
  });
  return { role: 'assistant', text, ...(toolCalls.length > 0 && { toolCalls }) };
}

/** The results of calls are messages of their own, and come before what the person says. */
function fromUser(content: UserBlock[], at: number, calls: Calls): Message[] {
  const results = resultsOf(content, at, calls);
  const said = content.filter((block) => block.type !== 'tool_result');
  // Models look at pictures of people, not of tools.
  const images = content
    .flatMap((block): Readable[] => (block.type === 'tool_result' ? (block.content ?? []) : [block]))
    .flatMap((block) => (block.type === 'image' ? block.source.data : []));
  const text = textOf(said);
  if (results.length > 0 && text === '' && images.length === 0) return results;
  return [...results, { role: 'user', text, ...(images.length > 0 && { images }) }];
}

/**
 * In the order of the calls, by which runtimes tell two calls of one function apart; clients send them as they come in.
 */
function resultsOf(content: UserBlock[], at: number, calls: Calls): Message[] {
  const found = content.flatMap((block, index) => {
    if (block.type !== 'tool_result') return [];
    const call = calls.get(block.tool_use_id);
    if (call) return { block, call };
    throw new ApiError(
      400,
      `No earlier message holds the tool_use ${block.tool_use_id}; send it along with its tool_result.`,
      { param: `messages.${at}.content.${index}.tool_use_id` },
    );
  });
  return found
    .sort((a, b) => a.call.place - b.call.place)
    .map(({ block, call }) => ({
      role: 'tool',
      text: resultText(block),
      toolName: call.name,
      toolCallId: block.tool_use_id,
    }));
}

function resultText({ content, is_error }: ResultBlock): string {
  const text = textOf(content ?? []);
  return is_error ? `Error: ${text}` : text;
}

/** Blocks are paragraphs. */
const textOf = (content: readonly Readable[]): string => content.flatMap(wordsOf).join('\n\n');

function wordsOf(block: Readable): string[] {
  if (block.type === 'text') return [block.text];
  if (block.type === 'search_result')
    return [`${block.title} (${block.source})`, ...block.content.map(({ text }) => text)];
  if (block.type === 'tool_reference') return [`The tool ${block.tool_name} can be called from now on.`];
  if (block.type === 'image') return [];
  const { title, context, source } = block;
  const words = source.type === 'text' ? [source.data] : source.content.map(({ text }) => text);
  return [title, context, ...words].filter((part) => typeof part === 'string');
}
