import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { expect, it } from 'vitest';
import { readPrompt } from '../../../proxy/runtimes/llamacpp/read-prompt.ts';

const PROMPT = Array.from({ length: 5000 }, (_, token) => token as Token);

/** As much of a sequence as reads; `known` tokens of the prompt are in it, and it says after each piece what it has read. */
function sequence(known: number, afterPiece: (size: number) => void = () => {}) {
  const made = {
    nextTokenIndex: 0,
    adaptStateToTokens: async (tokens: Token[]) => {
      made.nextTokenIndex = Math.min(known, tokens.length);
    },
    evaluateWithoutGeneratingNewTokens: async (tokens: Token[]) => {
      expect(tokens[0]).toBe(PROMPT[made.nextTokenIndex]);
      made.nextTokenIndex += tokens.length;
      afterPiece(tokens.length);
    },
  };
  // Only these are used, and a real one needs a model.
  return made as typeof made & LlamaContextSequence;
}

it('reads all but the last token, which whoever generates wants', async () => {
  const made = sequence(0);
  await readPrompt(made, PROMPT, new AbortController().signal, false);
  expect(made.nextTokenIndex).toBe(PROMPT.length - 1);
});

it('hears between two pieces that whoever asked is gone', async () => {
  const gone = new AbortController();
  let pieces = 0;
  const made = sequence(0, () => {
    pieces += 1;
    if (pieces === 2) gone.abort();
  });
  await readPrompt(made, PROMPT, gone.signal, false);
  expect(pieces).toBe(2);
  expect(made.nextTokenIndex).toBeLessThan(1000);
});

it('begins where an earlier answer has read already', async () => {
  const sizes: number[] = [];
  await readPrompt(
    sequence(4990, (size) => sizes.push(size)),
    PROMPT,
    new AbortController().signal,
    false,
  );
  expect(sizes).toEqual([9]);
});

it('reads in pieces of one size where numbers have to round alike', async () => {
  const sizes = new Set<number>();
  await readPrompt(
    sequence(0, (size) => sizes.add(size)),
    PROMPT.slice(0, 32 * 9 + 1),
    new AbortController().signal,
    true,
  );
  expect(sizes).toEqual(new Set([32]));
});
