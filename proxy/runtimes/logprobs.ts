import * as z from 'zod';
import type { TokenLogprob } from '../chat/types.ts';

const logprob = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.number()).nullish() });

/** One token with its alternatives, as Ollama and OpenAI's API both write it. */
export const logprobEntry = logprob.extend({ top_logprobs: z.array(logprob).nullish() });

/** The same without what may be left out, and with so many alternatives at most. */
export const toLogprob = (
  { top_logprobs, ...entry }: z.output<typeof logprobEntry>,
  most = Number.POSITIVE_INFINITY,
): TokenLogprob => ({
  ...withBytes(entry),
  top_logprobs: (top_logprobs ?? []).slice(0, most).map(withBytes),
});

const withBytes = ({
  token,
  logprob: value,
  bytes,
}: z.output<typeof logprob>): Omit<TokenLogprob, 'top_logprobs'> => ({
  token,
  logprob: value,
  bytes: bytes ?? null,
});
