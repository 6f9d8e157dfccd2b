import { createHash } from 'node:crypto';
import type { ChatRequest, JsonObject } from '../chat/types.ts';

/** Goes up when the meaning of the fields changes, so that old answers are not taken for new ones. */
const VERSION = 1;

/** sha256 (hex) over everything that decides an answer. `identity`: the model's own part, its weights' digest in it. */
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
  } = request;
  const decisive = {
    version: VERSION,
    identity,
    ...{
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
    },
  };
  return createHash('sha256').update(canonical(decisive)).digest('hex');
}

/** JSON with the keys of every object in order, so that equal things read equal. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
