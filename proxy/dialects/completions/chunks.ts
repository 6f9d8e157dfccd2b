import type { JsonObject, TokenLogprob } from '../../chat/types.ts';
import type { FinishReason } from '../../contract.ts';
import { codePoints } from '../../telemetry/prompt.ts';
import type { Envelope } from '../envelope.ts';

/** A `text_completion`: whole, or a piece of one. */
export function textCompletion(
  envelope: Envelope,
  text: string,
  finish: FinishReason | null,
  logprobs: JsonObject | null = null,
): JsonObject {
  return { ...shell(envelope), choices: [{ index: 0, text, logprobs, finish_reason: finish }] };
}

/** The last chunk when the client asked for usage: no choices. */
export const usageChunk = (envelope: Envelope, usage: JsonObject): JsonObject => ({
  ...shell(envelope),
  choices: [],
  usage,
});

const shell = (envelope: Envelope): JsonObject => ({ ...envelope, object: 'text_completion' });

/** Log probabilities as completions have them: lists side by side. `offset`: where the first token begins, in characters. */
export function toLogprobs(entries: readonly TokenLogprob[], offset: number): JsonObject | null {
  if (entries.length === 0) return null;
  let at = offset;
  const offsets = entries.map(({ token }) => {
    const begins = at;
    at += codePoints(token);
    return begins;
  });
  const tops = entries.map(({ top_logprobs: top }) =>
    Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
  );
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: tops.some((top) => Object.keys(top).length > 0) ? tops : null,
    text_offset: offsets,
  };
}
