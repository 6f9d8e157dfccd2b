import type { ChatRequest, Effort, JsonObject } from '../../chat/types.ts';
import { samplingFields } from '../sampling.ts';
import type { Link } from '../types.ts';
import { toOpenai } from './messages.ts';

/**
 * A schema for any object, beside `json_object`: without it llama-server takes that for no format at all (measured, b0 of
 * Ollama 0.33). Others pass it over, or refuse it: see `Abilities`.
 */
export const HINT = 'schema';

/** The body of `/chat/completions` for a request on a link. Source: OpenAI's API reference; vLLM's and llama.cpp's beyond it. */
export function chatBody(link: Link, request: ChatRequest): JsonObject {
  const { weights, settings } = link;
  const { tools, format } = request;
  const most = request.maxTokens ?? settings.max_tokens;
  return {
    model: weights.name ?? '',
    messages: toOpenai(request.messages),
    // Always: a server that thinks for minutes before its first byte looks like one that is dead.
    stream: true,
    stream_options: { include_usage: true },
    ...samplingFields(link, request),
    ...(most !== undefined && { max_tokens: most }),
    ...(tools.length > 0 && { tools: tools.map(toFunction) }),
    ...(tools.length > 0 && !request.parallelToolCalls && { parallel_tool_calls: false }),
    ...(format && { response_format: toFormat(format) }),
    ...(request.topLogprobs !== undefined && {
      logprobs: true,
      ...(request.topLogprobs > 0 && { top_logprobs: request.topLogprobs }),
    }),
    ...thinking(settings.think, request.effort),
  };
}

function toFunction({ name, description, parameters, strict }: ChatRequest['tools'][number]): JsonObject {
  return {
    type: 'function',
    function: {
      name,
      parameters,
      ...(description !== undefined && { description }),
      ...(strict !== undefined && { strict }),
    },
  };
}

function toFormat(format: NonNullable<ChatRequest['format']>): JsonObject {
  if (format.type === 'json_object') return { type: 'json_object', [HINT]: { type: 'object' } };
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: format.schema } };
}

/**
 * Levels have a field of their own. On and off have none in OpenAI's API: engines with open weights take them as an argument
 * of the chat template, and what a server says to that is remembered (`Abilities`).
 */
function thinking(setting: Link['settings']['think'], effort: Effort | undefined): JsonObject {
  const wanted = effort === 'if-able' ? setting === false || setting : (effort ?? setting);
  if (wanted === undefined) return {};
  if (wanted === false || wanted === 'none') return { chat_template_kwargs: { enable_thinking: false } };
  if (wanted === true) return { chat_template_kwargs: { enable_thinking: true } };
  return {
    reasoning_effort: wanted,
    chat_template_kwargs: { enable_thinking: true, reasoning_effort: wanted },
  };
}
