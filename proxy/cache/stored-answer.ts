import * as z from 'zod';
import type { Answer } from '../chat/answer.ts';
import type { Birth } from '../contract.ts';

/** An answer with the facts of its birth. */
export interface StoredAnswer extends Answer {
  served: string;
  birth: Birth;
}

/** The key carries a version, so this only has to tell an answer from rubbish. */
const rubbishFree = z.looseObject({
  served: z.string(),
  text: z.string(),
  reasoning: z.string(),
  toolCalls: z.array(z.object()),
  logprobs: z.array(z.object()),
  usage: z.object(),
  birth: z.looseObject({ ts: z.number() }),
});

/** The answer in a row's JSON; null when it is not one. */
export function parseAnswer(json: string): StoredAnswer | null {
  try {
    const value = JSON.parse(json);
    return rubbishFree.safeParse(value).success ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
