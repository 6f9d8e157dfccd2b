import type { ChatRequest, JsonObject } from '../../chat/types.ts';
import { samplingFields } from '../sampling.ts';
import type { Link } from '../types.ts';

/** Seconds, or Ollama's word for ever. */
export const keepAliveOf = ({ keepAliveS }: Link): number => (Number.isFinite(keepAliveS) ? keepAliveS : -1);

/** `options` of everything that makes text. Another context, or another `shift` beside it, would be another load. */
export function optionsOf(link: Link, request: Pick<ChatRequest, 'sampling' | 'maxTokens'>): JsonObject {
  const most = request.maxTokens ?? link.settings.max_tokens;
  return {
    num_ctx: link.weights.context,
    ...samplingFields(link, request),
    ...(most !== undefined && { num_predict: most }),
  };
}
