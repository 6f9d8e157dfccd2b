import type { ChatRequest, CompleteRoomed, LinkEvent, Task } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import { noEmbeddings, noInfill } from '../runtimes/inability.ts';
import type { Link, OpenedRuntime } from '../runtimes/types.ts';

const WORDS: Record<Task['kind'], string> = {
  embed: 'makes no embeddings',
  complete: 'completes no plain text',
};

type Runtimes = ReadonlyMap<string, Pick<OpenedRuntime, 'tasks' | 'about'>>;

/**
 * Refuses a task that the link's runtime or, where the runtime says so, its weights cannot do, before weights are loaded for it
 * and others have to leave. Throws `ApiError` 400.
 */
export function withAbility(complete: CompleteRoomed, link: Link, runtimes: Runtimes): CompleteRoomed {
  const able = async function* (
    request: ChatRequest,
    task: Task,
    signal: AbortSignal,
  ): AsyncGenerator<LinkEvent> {
    const error = async (fresh: boolean): Promise<ApiError | null> => {
      const about = await runtimes.get(link.runtime)?.about?.(link.weights, fresh);
      return about?.capabilities ? inabilityOf(task, about.capabilities, link.model) : null;
    };
    // What is remembered may be older than the weights are.
    const refusal = (await error(false)) && (await error(true));
    if (refusal) throw refusal;
    yield* complete(request, signal);
  };
  return (request, signal) => {
    const { task } = request;
    if (!task) return complete(request, signal);
    if (runtimes.get(link.runtime)?.tasks?.includes(task.kind)) return able(request, task, signal);
    throw new ApiError(
      400,
      `${link.model} cannot do that: its runtime ${link.runtime} ${WORDS[task.kind]}; ask a model on another one.`,
      { param: 'model', code: 'unsupported' },
    );
  };
}

function inabilityOf(task: Task, capabilities: readonly string[], model: string): ApiError | null {
  if (task.kind === 'embed' && !capabilities.includes('embedding'))
    return new ApiError(400, noEmbeddings(model), { param: 'model', code: 'unsupported' });
  if (task.kind === 'complete' && task.suffix !== undefined && !capabilities.includes('insert'))
    return new ApiError(400, noInfill(model), { param: 'suffix', code: 'unsupported' });
  return null;
}
