import type { JsonObject, Usage } from '../chat/types.ts';

/** Tokens as OpenAI's older APIs count them. */
export function toUsage({ promptTokens, completionTokens }: Usage): JsonObject {
  const prompt = promptTokens ?? 0;
  const completion = completionTokens ?? 0;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
