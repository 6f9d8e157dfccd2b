import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Tokens that are read at a time: as many as take about so long, so that whoever leaves is heard within a second. */
const PIECE_MS = 300;
const FIRST_PIECE = 32;
/** What llama.cpp by itself reads at a time. */
const LARGEST_PIECE = 512;

/**
 * Has a sequence read a prompt, all but its last token, which whoever generates reads. llama.cpp's binding hears of no abort
 * while it reads, and a long prompt takes minutes on a CPU: it would keep on for somebody who is gone, and others would wait.
 * What the sequence has read of it before is kept. Returns early when the signal says so. `steady`: in pieces of one size, since
 * numbers round differently in others, and a seed is to give the same answer.
 */
export async function readPrompt(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  signal: AbortSignal,
  steady: boolean,
): Promise<void> {
  const prompt = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(prompt, false);
  let size = FIRST_PIECE;
  while (!signal.aborted && sequence.nextTokenIndex < prompt.length) {
    const began = performance.now();
    const from = sequence.nextTokenIndex;
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(from, from + size));
    const tookMs = performance.now() - began;
    if (!steady)
      size = Math.max(FIRST_PIECE, Math.min(LARGEST_PIECE, Math.round((size * PIECE_MS) / tookMs)));
  }
}
