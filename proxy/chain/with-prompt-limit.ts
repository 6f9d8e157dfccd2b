import type { CompleteRoomed, Message, Task } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';

/** No tokenizer makes this much of one token on average: beyond that, nothing need be loaded to know the answer. */
const MOST_BYTES = 16;

/** Refuses a prompt that cannot fit by any count before weights are loaded for it; the runtime knows about the rest. */
export function withPromptLimit(complete: CompleteRoomed, { model, weights }: Link): CompleteRoomed {
  return (request, signal) => {
    const error = request.task
      ? hopelessTask(request.task, model, weights.context)
      : hopeless(request.messages, model, weights.context);
    if (error) throw error;
    return complete(request, signal);
  };
}

/** The error for a conversation that cannot fit into so many tokens, or null. */
export function hopeless(messages: readonly Message[], model: string, context: number): ApiError | null {
  const bytes = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return bytes <= context * MOST_BYTES ? null : tooLong(bytes, model, context, 'messages');
}

/** Each text for a vector stands alone; prompt and suffix share the context. */
function hopelessTask(task: Task, model: string, context: number): ApiError | null {
  const most = context * MOST_BYTES;
  if (task.kind === 'complete') {
    const bytes = Buffer.byteLength(task.prompt) + Buffer.byteLength(task.suffix ?? '');
    return bytes <= most ? null : tooLong(bytes, model, context, 'prompt');
  }
  const at = task.input.findIndex((text) => Buffer.byteLength(text) > most);
  const text = task.input[at];
  return text === undefined ? null : tooLong(Buffer.byteLength(text), model, context, `input.${at}`);
}

const tooLong = (bytes: number, model: string, context: number, param: string): ApiError =>
  new ApiError(
    400,
    `The ${param === 'messages' ? 'prompt' : param} has ${Math.round(bytes / 1000)} kB and cannot fit into the ${context} tokens of ${model}; shorten it.`,
    { param, code: 'context_length_exceeded' },
  );
