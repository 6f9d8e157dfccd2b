import type { Json, JsonObject, Usage } from '../../chat/types.ts';
import type { FinishReason, Receipt } from '../../contract.ts';
import type { ApiError } from '../../errors.ts';
import type { Called } from './parse-tools.ts';
import type { ResponsesRequest } from './request.ts';

/** What answering needs to know of the request. */
export interface Asked {
  /** What every response says back of its request. */
  echo: JsonObject;
  called: ReadonlyMap<string, Called>;
  /** Whether thoughts are told as summaries. */
  summary: boolean;
}

/** How far a response is. */
export interface State {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  output: JsonObject[];
  usage?: Usage;
  error?: ApiError;
}

/** The part of a response that repeats the request; what has no effect here is told as it is. */
export function echoOf(fields: ResponsesRequest, tools: JsonObject[]): JsonObject {
  return {
    background: false,
    instructions: fields.instructions ?? null,
    max_output_tokens: fields.max_output_tokens ?? null,
    metadata: fields.metadata ?? {},
    parallel_tool_calls: fields.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: fields.reasoning?.effort ?? null, summary: fields.reasoning?.summary ?? null },
    safety_identifier: fields.safety_identifier ?? null,
    store: false,
    temperature: fields.temperature ?? null,
    text: { format: fields.text?.format ?? { type: 'text' } },
    tool_choice: fields.tool_choice ?? 'auto',
    tools,
    top_logprobs: fields.top_logprobs ?? 0,
    top_p: fields.top_p ?? null,
    truncation: 'disabled',
    user: fields.user ?? null,
  };
}

/** A `response`. Source: OpenAI's API reference, the response object. */
export function responseObject(asked: Asked, receipt: Receipt, state: State): JsonObject {
  const { status, output, usage, error } = state;
  const { request_id, ts, latency_s, served_by, model } = receipt;
  return {
    id: `resp_${bare(request_id)}`,
    object: 'response',
    created_at: Math.floor(ts),
    completed_at: status === 'completed' ? Math.floor(ts + latency_s) : null,
    status,
    error: error ? toError(error) : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    model: served_by ?? model,
    output,
    usage: usage ? toUsage(usage) : null,
    ...asked.echo,
  };
}

/** Ids of the API have no dashes. */
export const bare = (id: string): string => id.replaceAll('-', '');

/** An answer that was cut is incomplete; one that a filter ended, too, but no local runtime has any. */
export function statusOf(reason: FinishReason | null): 'completed' | 'incomplete' {
  return reason === 'length' ? 'incomplete' : 'completed';
}

/** The API knows few codes here. */
function toError({ status, message }: ApiError): Json {
  return { code: status < 500 ? 'invalid_prompt' : 'server_error', message };
}

/** Runtimes do not tell apart what was cached or thought; clients need the fields. */
function toUsage({ promptTokens, completionTokens }: Usage): JsonObject {
  const input = promptTokens ?? 0;
  const output = completionTokens ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}
