import type { Answer } from '../../chat/answer.ts';
import type { Delta, Json, JsonObject, ToolCall, Usage } from '../../chat/types.ts';
import type { FinishReason } from '../../contract.ts';
import type { Envelope } from '../envelope.ts';
import { toUsage } from '../usage.ts';

/** One `chat.completion.chunk`. Source: OpenAI's API reference, streaming. */
export function chunk(
  envelope: Envelope,
  delta: JsonObject,
  finish: FinishReason | null,
  logprobs?: Json,
): JsonObject {
  const choice = { index: 0, delta, finish_reason: finish, ...(logprobs !== undefined && { logprobs }) };
  return { ...envelope, object: 'chat.completion.chunk', choices: [choice] };
}

/** The last chunk when the client asked for usage: no choices. */
export function usageChunk(envelope: Envelope, usage: Usage): JsonObject {
  return { ...envelope, object: 'chat.completion.chunk', choices: [], usage: toUsage(usage) };
}

/** `firstCall`: how many tool calls have been sent before. Reasoning goes out under both names that clients look for. */
export function toDelta(delta: Delta, firstCall: number): JsonObject {
  return {
    ...(delta.text !== undefined && { content: delta.text }),
    ...(delta.reasoning !== undefined && { reasoning: delta.reasoning, reasoning_content: delta.reasoning }),
    ...(delta.toolCalls && {
      tool_calls: delta.toolCalls.map((call, i) => ({ index: firstCall + i, ...toCall(call) })),
    }),
  };
}

/** A whole `chat.completion`. */
export function completion(envelope: Envelope, answer: Answer): JsonObject {
  const { text, reasoning, toolCalls, logprobs } = answer;
  const message = {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning, reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(toCall) }),
  };
  const choice = {
    index: 0,
    message,
    logprobs: logprobs.length > 0 ? toLogprobs(logprobs) : null,
    finish_reason: answer.finish ?? 'stop',
  };
  return { ...envelope, object: 'chat.completion', choices: [choice], usage: toUsage(answer.usage) };
}

export function toLogprobs(entries: Answer['logprobs']): Json {
  return { content: entries.map((entry) => ({ ...entry })), refusal: null };
}

function toCall({ id, name, arguments: text }: ToolCall): JsonObject {
  return { id, type: 'function', function: { name, arguments: text } };
}
