import type { Message } from '../../chat/types.ts';
import { unsupported } from '../body.ts';
import { imageData } from '../image.ts';
import { CallNames } from '../tools.ts';
import type { Content, InputItem } from './input-items.ts';
import { insideName } from './parse-tools.ts';
import type { ResponsesRequest } from './request.ts';

interface Input {
  messages: Message[];
  /** Items that no local model could read. */
  leftOut: string[];
}

/** Items as messages. Throws `ApiError` 400 that names the item which cannot be honoured. */
export function parseInput({ instructions, input }: ResponsesRequest): Input {
  const messages: Message[] = [];
  const leftOut = new Set<string>();
  if (instructions) messages.push({ role: 'system', text: instructions });
  const callNames = new CallNames();
  const items: InputItem[] =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  for (const [index, item] of items.entries()) {
    const at = `input.${index}`;
    if (item.type === 'message') addMessage(messages, item, at);
    else if (item.type === 'function_call') addCall(messages, item, callNames, at);
    else if (item.type === 'function_call_output')
      messages.push({
        role: 'tool',
        ...textAndImages(item.output, `${at}.output`),
        toolName: callNames.of(item.call_id, `${at}.call_id`),
        toolCallId: item.call_id,
      });
    else if (item.type === 'item_reference')
      throw unsupported(
        at,
        `\`${at}\` refers to ${item.id}, and nothing is kept here; send the item itself.`,
      );
    else if (item.type !== 'reasoning') leftOut.add(`input.${item.type}`);
  }
  return { messages, leftOut: [...leftOut] };
}

/** Instructions and developers' messages become one where they begin a conversation: many templates know of no second. */
function addMessage(
  messages: Message[],
  { role, content }: Extract<InputItem, { type: 'message' }>,
  at: string,
): void {
  const said = textAndImages(content, `${at}.content`);
  if (role === 'user' || role === 'assistant') {
    messages.push({ role, ...said });
    return;
  }
  const [first] = messages;
  if (messages.length === 1 && first?.role === 'system') first.text += `\n\n${said.text}`;
  else messages.push({ role: 'system', ...said });
}

/** A call belongs to the words that came before it, as do further ones. */
function addCall(
  messages: Message[],
  call: Extract<InputItem, { type: 'function_call' }>,
  callNames: CallNames,
  at: string,
): void {
  const name = insideName(call.name, call.namespace);
  callNames.add(call.call_id, name, call.arguments, `${at}.arguments`);
  let turn = messages.at(-1);
  if (turn?.role !== 'assistant') {
    turn = { role: 'assistant', text: '' };
    messages.push(turn);
  }
  turn.toolCalls = [...(turn.toolCalls ?? []), { id: call.call_id, name, arguments: call.arguments }];
}

function textAndImages(content: Content, at: string): Pick<Message, 'text' | 'images'> {
  if (typeof content === 'string') return { text: content };
  let text = '';
  const images: string[] = [];
  for (const [index, part] of content.entries()) {
    if (part.type === 'input_image') images.push(imageData(part.image_url, `${at}.${index}.image_url`));
    else text += part.type === 'refusal' ? part.refusal : part.text;
  }
  return { text, ...(images.length > 0 && { images }) };
}
