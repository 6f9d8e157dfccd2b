import type { CompleteRoomed, Task } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import type { Link, Runtime } from '../runtimes/types.ts';

const WORDS: Record<Task['kind'], string> = {
  embed: 'makes no embeddings',
  complete: 'completes no plain text',
};

/** Refuses what the link's runtime cannot do for any weights, before some are loaded for it. Throws `ApiError` 400. */
export function withAbility(
  complete: CompleteRoomed,
  { model, runtime }: Link,
  runtimes: ReadonlyMap<string, Pick<Runtime, 'tasks'>>,
): CompleteRoomed {
  return (request, signal) => {
    const { task } = request;
    if (!task || runtimes.get(runtime)?.tasks?.includes(task.kind)) return complete(request, signal);
    throw new ApiError(
      400,
      `${model} cannot do that: its runtime ${runtime} ${WORDS[task.kind]}; ask a model on another one.`,
      { param: 'model', code: 'unsupported' },
    );
  };
}
