import { hash } from 'node:crypto';
import type { ChatRequest, JsonObject } from '../chat/types.ts';

/** Goes up when the meaning of the fields changes, so that old answers are not taken for new ones. */
const VERSION = 1;

/**
 * sha256 (hex) over everything that decides an answer. `identity`: the model's own part, its weights' digest in it.
 * The order of keys counts on purpose: a model writes the properties of a schema in the order in which they stand.
 */
export function cacheKey(request: ChatRequest, identity: JsonObject): string {
  const {
    model,
    messages,
    tools,
    toolChoice,
    parallelToolCalls,
    format,
    sampling,
    maxTokens,
    topLogprobs,
    effort,
    task,
  } = request;
  const decisive = [
    ...[VERSION, identity, model, messages, tools, toolChoice, parallelToolCalls],
    ...[format, sampling, maxTokens, topLogprobs, effort],
    // Left out for chats, so that answers of earlier versions stay found.
    ...(task ? [task] : []),
  ];
  return hash('sha256', JSON.stringify(decisive));
}
