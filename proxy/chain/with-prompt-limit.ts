import type { CompleteRoomed, Message } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';

/** No tokenizer makes this much of one token on average: beyond that, nothing need be loaded to know the answer. */
const MOST_BYTES = 16;

/** Refuses a prompt that cannot fit by any count before weights are loaded for it; the runtime knows about the rest. */
export function withPromptLimit(complete: CompleteRoomed, { model, weights }: Link): CompleteRoomed {
  return (request, signal) => {
    const error = hopeless(request.messages, model, weights.context);
    if (error) throw error;
    return complete(request, signal);
  };
}

/** The error for a conversation that cannot fit into so many tokens, or null. */
export function hopeless(messages: readonly Message[], model: string, context: number): ApiError | null {
  const bytes = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes <= context * MOST_BYTES) return null;
  return new ApiError(
    400,
    `The prompt has ${Math.round(bytes / 1000)} kB and cannot fit into the ${context} tokens of ${model}; shorten it.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}
