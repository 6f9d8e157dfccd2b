import { randomInt } from 'node:crypto';
import type { EngineRequest } from './protocol.ts';

/** What a request leaves open is as llama.cpp itself has it. */
export function samplingOptions({
  temperature = 0.8,
  topK = 40,
  topP = 0.95,
  minP = 0.05,
  seed,
  frequencyPenalty = 0,
  presencePenalty = 0,
}: EngineRequest['sampling']) {
  const penalised = frequencyPenalty !== 0 || presencePenalty !== 0;
  return {
    temperature,
    topK,
    topP,
    minP,
    // Left out, it would be the time in seconds, which two members of a council share.
    seed: seed ?? randomInt(2 ** 31),
    repeatPenalty: penalised ? { penalty: 1, frequencyPenalty, presencePenalty } : (false as const),
  };
}
