import type { Answer } from '../../chat/answer.ts';
import type { Json, JsonObject, ToolCall, Usage } from '../../chat/types.ts';
import type { FinishReason, Receipt } from '../../contract.ts';
import type { ApiError } from '../../errors.ts';

/**
 * Why an answer ended, in Anthropic's words. No runtime says whether it was a stop sequence, so that is `end_turn`, too.
 */
const STOP_REASONS: Record<FinishReason, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** Thoughts of local models are not signed; clients only keep what stands here. */
export const SIGNATURE = 'unsigned';

export const stopOf = (finish: FinishReason): JsonObject => ({
  stop_reason: STOP_REASONS[finish],
  stop_sequence: null,
});

/** A `message` without its content, or a whole one. Source: Anthropic's API reference, messages. */
export function messageOf(receipt: Receipt, content: JsonObject[], end: JsonObject): JsonObject {
  return {
    id: `msg_${receipt.request_id}`,
    type: 'message',
    role: 'assistant',
    model: receipt.served_by ?? receipt.model,
    content,
    ...end,
  };
}

/** The content of a whole answer. */
export function contentOf({ reasoning, text, toolCalls }: Answer, shown: boolean): JsonObject[] {
  return [
    ...(shown && reasoning !== '' ? [{ type: 'thinking', thinking: reasoning, signature: SIGNATURE }] : []),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...toolCalls.map((call) => toolUse(call, inputOf(call))),
  ];
}

export const toolUse = ({ id, name }: ToolCall, input: Json): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
});

/** A small model may write what is no JSON; the client gets to see that. */
function inputOf({ arguments: text }: ToolCall): Json {
  try {
    return JSON.parse(text || '{}');
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Unknown is 0, as clients add these up. Nothing is taken from a cache of Anthropic's kind. */
export const usageOf = ({ promptTokens, completionTokens }: Usage): JsonObject => ({
  input_tokens: promptTokens ?? 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: completionTokens ?? 0,
});

/** The tokens of the prompt are known only at the end. */
export const NO_USAGE = usageOf({ promptTokens: null, completionTokens: null });

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
};

/** An error in Anthropic's shape, with the fields of OpenAI's beside. */
export function errorOf(error: ApiError, { request_id }: Pick<Receipt, 'request_id'>): JsonObject {
  const { param, code } = error;
  const other = error.status < 500 ? 'invalid_request_error' : 'api_error';
  const type = code === 'busy' ? 'overloaded_error' : (ERROR_TYPES[error.status] ?? other);
  // By these words Claude Code knows that it has to compact the conversation.
  const said = code === 'context_length_exceeded' ? `prompt is too long: ${error.message}` : error.message;
  return { type: 'error', error: { type, message: said, param, code }, request_id };
}
