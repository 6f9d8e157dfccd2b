import { EngineFault } from './engine-fault.ts';

/** Tokens at the end of the context that node-llama-cpp does not use before it would begin to forget. */
export const SPARE = 2;

/** `what` has more tokens than there is room for. */
export const tooLong = (
  what: string,
  tokens: number,
  model: string,
  context: number,
  param: string,
): EngineFault =>
  new EngineFault(
    `${what} has ${tokens} tokens and ${model} takes ${context}. Shorten it, or raise \`context\` of its weights in the config.`,
    { code: 'context_length_exceeded', param },
  );
