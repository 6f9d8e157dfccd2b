import type { ChatRequest, JsonObject, Message } from '../../chat/types.ts';
import type { Link } from '../types.ts';
import { keepAliveOf, optionsOf } from './link-options.ts';

/** Not `"json"`: on `/api/chat` Ollama 0.33 ignores that for models made of a GGUF (measured), and keeps to this. */
const ANY_OBJECT = { type: 'object' };

/** The body of Ollama's `/api/chat` for a request on a link. Source: Ollama's docs/api.md and api/types.go. */
export function chatBody(link: Link, request: ChatRequest): JsonObject {
  const { weights, settings } = link;
  const think = thinkOf(settings.think, request.effort);
  return {
    model: weights.name ?? '',
    messages: request.messages.map(toOllama),
    stream: true,
    keep_alive: keepAliveOf(link),
    // Ollama by itself drops the oldest messages when a prompt is too long, and the oldest tokens when an answer is.
    truncate: false,
    shift: false,
    options: optionsOf(link, request),
    ...(think !== undefined && { think }),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, parameters, ...(description !== undefined && { description }) },
      })),
    }),
    ...(request.format && {
      format: request.format.type === 'json_object' ? ANY_OBJECT : request.format.schema,
    }),
    ...(request.topLogprobs !== undefined && { logprobs: true, top_logprobs: request.topLogprobs }),
  };
}

/** Models that take levels are configured with one; for the others any effort but `none` means on. */
function thinkOf(
  setting: Link['settings']['think'],
  effort: ChatRequest['effort'],
): boolean | string | undefined {
  if (effort === undefined) return setting;
  if (effort === 'if-able') return setting === false ? true : setting;
  if (typeof setting === 'string') return effort === 'none' || effort === 'minimal' ? 'low' : effort;
  return effort !== 'none';
}

function toOllama(message: Message): JsonObject {
  return {
    role: message.role,
    content: message.text,
    ...(message.images && { images: message.images }),
    ...(message.toolName !== undefined && { tool_name: message.toolName }),
    ...(message.toolCalls && {
      tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
        id,
        function: { name, arguments: JSON.parse(text || '{}') },
      })),
    }),
  };
}
