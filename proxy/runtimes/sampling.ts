import type { ChatRequest, JsonObject, Sampling } from '../chat/types.ts';
import type { Link } from './types.ts';

/** What decides the wording of an answer: as the request says, else as the model's config does. */
export function samplingOf({ settings }: Link, { sampling }: Pick<ChatRequest, 'sampling'>): Sampling {
  const { temperature, top_p, top_k, min_p } = settings;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(top_k !== undefined && { topK: top_k }),
    ...(min_p !== undefined && { minP: min_p }),
    ...sampling,
  };
}

/** The same by the names that Ollama and servers of OpenAI's API have for it. */
export function samplingFields(link: Link, request: Pick<ChatRequest, 'sampling'>): JsonObject {
  const { temperature, topP, topK, minP, seed, stop, frequencyPenalty, presencePenalty } = samplingOf(
    link,
    request,
  );
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(minP !== undefined && { min_p: minP }),
    ...(seed !== undefined && { seed }),
    ...(stop !== undefined && { stop }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
  };
}
