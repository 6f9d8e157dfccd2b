import type { ChatRequest, JsonObject, Task } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import type { Link } from '../types.ts';
import { keepAliveOf, optionsOf } from './link-options.ts';

/**
 * The body of Ollama's `/api/generate` that has a text go on. With a suffix the model's own template puts both in their
 * places; raw, Ollama would leave the suffix out (measured). Throws `ApiError` 400 for what it makes nothing of.
 */
export function generateBody(
  link: Link,
  request: ChatRequest,
  { prompt, suffix }: Extract<Task, { kind: 'complete' }>,
): JsonObject {
  // It would load the model and answer nothing (measured).
  if (prompt === '')
    throw new ApiError(
      400,
      `Ollama completes nothing before a suffix when \`prompt\` is empty, so ${link.model} cannot; send a line break.`,
      { param: 'prompt', code: 'unsupported' },
    );
  return {
    model: link.weights.name ?? '',
    prompt,
    stream: true,
    keep_alive: keepAliveOf(link),
    truncate: false,
    shift: false,
    options: optionsOf(link, request),
    ...(suffix === undefined ? { raw: true } : { suffix }),
    ...(request.topLogprobs !== undefined && { logprobs: true, top_logprobs: request.topLogprobs }),
  };
}
