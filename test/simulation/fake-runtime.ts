import type { RuntimeEvent } from '../../proxy/chat/types.ts';
import type { Link, Resident, Runtime, Weights } from '../../proxy/runtimes/types.ts';
import { type FakeModel, pause, type Residency } from '../fake-ollama/models.ts';

/** Tokens of prompt that are read in the time of one token of answer. */
const PROMPT_TOKENS = 10;
const LOOK_MS = 50;

/** The fake Ollama's insides as a runtime, without HTTP between: so that an hour of a made-up clock takes seconds. */
export class FakeRuntime implements Runtime {
  readonly #residency: Residency;
  readonly #models: ReadonlyMap<string, FakeModel>;

  constructor(residency: Residency, models: FakeModel[]) {
    this.#residency = residency;
    this.#models = new Map(models.map((model) => [model.name, model]));
  }

  complete(link: Link) {
    const residency = this.#residency;
    const model = this.#model(link.weights);
    const step = (signal: AbortSignal): Promise<void> =>
      pause(model.tokenMs * (residency.machine?.slowdown ?? 1), signal);
    return async function* (
      request: { maxTokens?: number },
      signal: AbortSignal,
    ): AsyncGenerator<RuntimeEvent> {
      const cold = residency.list().every(({ name }) => name !== model.name);
      if (cold) yield { type: 'load', state: 'loading' };
      await residency.load(model, { context: link.weights.context, shift: false }, signal);
      if (cold) yield { type: 'load', state: 'loaded' };
      residency.enter(model.name, link.keepAliveS);
      const tokens = request.maxTokens ?? 1;
      try {
        for (let token = -PROMPT_TOKENS; token < tokens; token++) {
          await step(signal);
          signal.throwIfAborted();
          if (token >= 0) yield { type: 'delta', text: 'toast ' };
        }
      } finally {
        residency.leave(model.name);
      }
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens: 100, completionTokens: tokens },
        loadS: null,
      };
    };
  }

  async digest(): Promise<null> {
    return null;
  }

  async residents(): Promise<Resident[]> {
    return this.#residency.list().map(({ name, context, expiresAt }) => ({
      key: name,
      size: this.#models.get(name)?.size ?? null,
      context,
      expiresAt: expiresAt / 1000,
      process: null,
      loading: false,
    }));
  }

  async load({ weights, keepAliveS }: Link, signal: AbortSignal): Promise<void> {
    const model = this.#model(weights);
    await this.#residency.load(model, { context: weights.context, shift: false }, signal);
    this.#residency.enter(model.name, keepAliveS);
    this.#residency.leave(model.name);
  }

  async unload(key: string): Promise<void> {
    this.#residency.unload(key);
    while (this.#residency.list().some(({ name }) => name === key))
      await pause(LOOK_MS, new AbortController().signal);
  }

  async close(): Promise<void> {}

  #model({ name = '' }: Pick<Weights, 'name'>): FakeModel {
    const model = this.#models.get(name);
    if (!model) throw new Error(`the simulation has no ${name}`);
    return model;
  }
}
