import type { Message } from '../chat/types.ts';
import { codePoints } from '../telemetry/prompt.ts';

/**
 * How many bytes of UTF-8 a token has, at least: English has four and more, Chinese three. An estimate on the safe side,
 * instead of a tokenizer for each model.
 */
const TOKEN_BYTES = 3;
/** Tokens for the chairman's task and the marks of its chat template. */
const MARGIN = 256;
/** However short the context is, so much is given to read; whether that is too long, the runtime knows. */
const LEAST_BYTES = 200;

/**
 * How many bytes of each answer a chairman can read: an equal share of what its context leaves after the conversation,
 * its own answer (`maxTokens`, else half the context, for it may reason) and a margin.
 */
export function shareOf(
  messages: readonly Message[],
  answers: number,
  { context, maxTokens }: { context: number; maxTokens: number | null },
): number {
  const asked = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / TOKEN_BYTES;
  const own = Math.min(maxTokens ?? Number.POSITIVE_INFINITY, context / 2);
  const left = context - asked - own - MARGIN;
  return Math.max(LEAST_BYTES, Math.floor((left * TOKEN_BYTES) / answers));
}

/** A text of at most so many bytes, cut in its middle with a mark where it is longer. */
export function fitted(text: string, bytes: number): { text: string; leftOut: number } {
  const all = Buffer.from(text);
  if (all.length <= bytes) return { text, leftOut: 0 };
  const half = Math.floor(bytes / 2);
  // A decoder that expects more keeps the beginning of a character to itself.
  const head = new TextDecoder().decode(all.subarray(0, half), { stream: true });
  let from = all.length - half;
  while (((all[from] ?? 0) & 0xc0) === 0x80) from += 1;
  const tail = all.subarray(from).toString();
  const leftOut = codePoints(text) - codePoints(head) - codePoints(tail);
  return { text: `${head}\n[... ${leftOut} characters left out ...]\n${tail}`, leftOut };
}
