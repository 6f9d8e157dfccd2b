import type { Message } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import type { OpenaiRequest } from './request.ts';

type OpenaiMessage = OpenaiRequest['messages'][number];

/** OpenAI's messages without their variants. Throws `ApiError` 400 for images that are not in the request itself. */
export function parseMessages(messages: OpenaiMessage[]): Message[] {
  const callNames = new Map<string, string>();
  return messages.map((message, index) => toMessage(message, index, callNames));
}

/** `callNames` remembers which function each call id stands for: runtimes want the name with the result. */
function toMessage(message: OpenaiMessage, index: number, callNames: Map<string, string>): Message {
  const text = textOf(message.content);
  if (message.role === 'user') {
    const images = imagesOf(message.content, index);
    return { role: 'user', text, ...(images.length > 0 && { images }) };
  }
  if (message.role === 'assistant') {
    // A refusal that a client kept stands beside its empty content.
    const said = text === '' ? (message.refusal ?? '') : text;
    const toolCalls = (message.tool_calls ?? []).map((call, at) => {
      callNames.set(call.id, call.function.name);
      const param = `messages.${index}.tool_calls.${at}.function.arguments`;
      parseJson(call.function.arguments || '{}', `\`${param}\``, param);
      return { id: call.id, name: call.function.name, arguments: call.function.arguments };
    });
    return { role: 'assistant', text: said, ...(toolCalls.length > 0 && { toolCalls }) };
  }
  if (message.role === 'tool') {
    const toolName = callNames.get(message.tool_call_id);
    if (toolName !== undefined) return { role: 'tool', text, toolName, toolCallId: message.tool_call_id };
    throw new ApiError(
      400,
      `No earlier message holds the tool call ${message.tool_call_id}; send it along.`,
      {
        param: `messages.${index}.tool_call_id`,
      },
    );
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
    const data = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)$/.exec(part.image_url.url)?.[1];
    if (data === undefined)
      throw new ApiError(
        400,
        'Images must be data: URLs in base64; nothing is fetched from the network here.',
        {
          param: `messages.${index}.content.${at}.image_url.url`,
        },
      );
    return [data];
  });
}
