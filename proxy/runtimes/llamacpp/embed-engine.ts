import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import type { Delta, Finish, Task } from '../../chat/types.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { EngineFault } from './engine-fault.ts';
import { tooLong } from './prompt-size.ts';
import type { EngineRequest } from './protocol.ts';

/** Weights that make vectors, of one text after the other. */
export class EmbedEngine implements Engine {
  readonly #context: LlamaEmbeddingContext;
  /** In tokens. */
  readonly #size: number;

  private constructor(context: LlamaEmbeddingContext, size: number) {
    this.#context = context;
    this.#size = size;
  }

  static async create(model: LlamaModel, { context, threads }: EngineOptions): Promise<EmbedEngine> {
    // Beyond what they were trained for, some have no positions at all.
    const size = Math.min(context, model.trainContextSize);
    // In one batch: what makes one vector of a text's tokens sees no more than that.
    const made = await model.createEmbeddingContext({ contextSize: size, batchSize: size, threads });
    return new EmbedEngine(made, size);
  }

  async generate(
    { model, task }: EngineRequest,
    signal: AbortSignal,
    emit: (delta: Delta) => void,
  ): Promise<Finish | null> {
    if (task?.kind !== 'embed')
      throw new EngineFault(
        `${model} makes embeddings only: ask it at /v1/embeddings, or ask another model.`,
        { code: 'unsupported', param: 'model' },
      );
    const promptTokens = this.#count(task, model);
    for (const text of task.input) {
      const { vector } = await this.#context.getEmbeddingFor(text);
      if (signal.aborted) return null;
      emit({ type: 'delta', embeddings: [unit(cut(vector, task.dimensions, model))] });
    }
    return { type: 'finish', reason: 'stop', usage: { promptTokens, completionTokens: 0 }, loadS: null };
  }

  /** All tokens together. Throws before any work when one of the texts is too long. */
  #count({ input }: Extract<Task, { kind: 'embed' }>, model: string): number {
    return input.reduce((sum, text, at) => {
      const count = this.#context.calculateInputLength(text);
      if (count < this.#size) return sum + count;
      throw tooLong(`Text ${at + 1} of ${input.length}`, count, model, this.#size, `input.${at}`);
    }, 0);
  }
}

function cut(vector: readonly number[], dimensions: number | undefined, model: string): readonly number[] {
  if (dimensions === undefined || dimensions <= vector.length) return vector.slice(0, dimensions);
  throw new EngineFault(
    `The vectors of ${model} have ${vector.length} numbers and cannot have ${dimensions}; send smaller \`dimensions\` or none.`,
    { code: 'unsupported', param: 'dimensions' },
  );
}

/** The same direction, of length 1, as OpenAI's and Ollama's are. */
function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
