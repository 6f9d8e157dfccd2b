import type { Message } from '../../chat/types.ts';
import { imageData } from '../image.ts';
import { CallNames } from '../tools.ts';
import type { OpenaiRequest } from './request.ts';

type OpenaiMessage = OpenaiRequest['messages'][number];

/** OpenAI's messages without their variants. Throws `ApiError` 400 for images that are not in the request itself. */
export function parseMessages(messages: OpenaiMessage[]): Message[] {
  const callNames = new CallNames();
  return messages.map((message, index) => toMessage(message, index, callNames));
}

function toMessage(message: OpenaiMessage, index: number, callNames: CallNames): Message {
  const text = textOf(message.content);
  if (message.role === 'user') {
    const images = imagesOf(message.content, index);
    return { role: 'user', text, ...(images.length > 0 && { images }) };
  }
  if (message.role === 'assistant') {
    // A refusal that a client kept stands beside its empty content.
    const said = text === '' ? (message.refusal ?? '') : text;
    const toolCalls = (message.tool_calls ?? []).map((call, at) => {
      const param = `messages.${index}.tool_calls.${at}.function.arguments`;
      callNames.add(call.id, call.function.name, call.function.arguments, param);
      return { id: call.id, name: call.function.name, arguments: call.function.arguments };
    });
    return { role: 'assistant', text: said, ...(toolCalls.length > 0 && { toolCalls }) };
  }
  if (message.role === 'tool') {
    const toolName = callNames.of(message.tool_call_id, `messages.${index}.tool_call_id`);
    return { role: 'tool', text, toolName };
  }
  return { role: 'system', text };
}

function textOf(content: OpenaiMessage['content']): string {
  if (content == null) return '';
  if (typeof content === 'string') return content;
  return content
    .map((part) => (part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : ''))
    .join('');
}

function imagesOf(content: Extract<OpenaiMessage, { role: 'user' }>['content'], index: number): string[] {
  if (typeof content === 'string') return [];
  return content.flatMap((part, at) => {
    if (part.type !== 'image_url') return [];
    return [imageData(part.image_url.url, `messages.${index}.content.${at}.image_url.url`)];
  });
}
