import type { ChatRequest, Json, JsonObject } from '../../chat/types.ts';
import type { Link } from '../types.ts';

/** Seconds, or Ollama's word for ever. */
export const keepAliveOf = ({ keepAliveS }: Link): number => (Number.isFinite(keepAliveS) ? keepAliveS : -1);

/** `options` of everything that makes text. Another context, or another `shift` beside it, would be another load. */
export function optionsOf(
  { weights, settings }: Link,
  { sampling, maxTokens }: Pick<ChatRequest, 'sampling' | 'maxTokens'>,
): JsonObject {
  const wanted: Record<string, Json | undefined> = {
    num_ctx: weights.context,
    temperature: sampling.temperature ?? settings.temperature,
    top_p: sampling.topP ?? settings.top_p,
    top_k: sampling.topK ?? settings.top_k,
    min_p: sampling.minP ?? settings.min_p,
    seed: sampling.seed,
    stop: sampling.stop,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    num_predict: maxTokens ?? settings.max_tokens,
  };
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(wanted)) if (value !== undefined) result[key] = value;
  return result;
}
