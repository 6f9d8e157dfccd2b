import * as z from 'zod';
import type { Sampling } from '../chat/types.ts';

/** Fields by which OpenAI's older APIs decide the wording of an answer. Null means absent, as their clients send it. */
export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(16)], 'expected a string or a list of strings')
    .nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
};
const fields = z.object(samplingFields);

/** The same as it is called inside. */
export function toSampling(given: z.output<typeof fields>): Sampling {
  const stop = typeof given.stop === 'string' ? [given.stop] : given.stop;
  return {
    ...(given.temperature != null && { temperature: given.temperature }),
    ...(given.top_p != null && { topP: given.top_p }),
    ...(given.top_k != null && { topK: given.top_k }),
    ...(given.min_p != null && { minP: given.min_p }),
    ...(given.seed != null && { seed: given.seed }),
    ...(stop?.length && { stop }),
    ...(given.frequency_penalty != null && { frequencyPenalty: given.frequency_penalty }),
    ...(given.presence_penalty != null && { presencePenalty: given.presence_penalty }),
  };
}
