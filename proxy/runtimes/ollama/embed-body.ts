import type { JsonObject } from '../../chat/types.ts';
import type { Link } from '../types.ts';
import { keepAliveOf } from './link-options.ts';

/** The body of Ollama's `/api/embed`; without any input it only loads. It has no `shift`. */
export function embedBody(link: Link, input: readonly string[], dimensions?: number): JsonObject {
  return {
    model: link.weights.name ?? '',
    input: [...input],
    keep_alive: keepAliveOf(link),
    truncate: false,
    options: { num_ctx: link.weights.context },
    ...(dimensions !== undefined && { dimensions }),
  };
}
