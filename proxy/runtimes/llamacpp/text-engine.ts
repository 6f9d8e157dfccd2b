import { type Llama, LlamaChat, type LlamaContext, type LlamaModel } from 'node-llama-cpp';
import type { Delta, Finish } from '../../chat/types.ts';
import { noEmbeddings } from '../inability.ts';
import { completeText } from './complete-text.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { EngineFault } from './engine-fault.ts';
import type { EngineRequest } from './protocol.ts';
import { respond } from './respond.ts';

/** Weights that make text, with as many sequences as answers may be made at a time. Further requests wait in order. */
export class TextEngine implements Engine {
  readonly #llama: Llama;
  readonly #free: LlamaChat[];
  readonly #waiting: ((chat: LlamaChat) => void)[] = [];

  private constructor(llama: Llama, context: LlamaContext, parallel: number) {
    this.#llama = llama;
    this.#free = Array.from(
      { length: parallel },
      () => new LlamaChat({ contextSequence: context.getSequence() }),
    );
  }

  static async create(
    llama: Llama,
    model: LlamaModel,
    { context, parallel, threads }: EngineOptions,
  ): Promise<TextEngine> {
    const created = await model.createContext({ contextSize: context, sequences: parallel, threads });
    return new TextEngine(llama, created, parallel);
  }

  async generate(
    request: EngineRequest,
    signal: AbortSignal,
    emit: (delta: Delta) => void,
  ): Promise<Finish | null> {
    const { task, model } = request;
    if (task?.kind === 'embed')
      throw new EngineFault(noEmbeddings(model), { code: 'unsupported', param: 'model' });
    const chat = await this.#take(signal);
    if (!chat) return null;
    try {
      if (task) return await completeText({ sequence: chat.sequence, signal, emit }, request, task);
      return await respond({ llama: this.#llama, chat, signal, emit }, request);
    } finally {
      this.#giveBack(chat);
    }
  }

  /** A sequence, when one is free; null when the request was aborted while it waited. */
  #take(signal: AbortSignal): Promise<LlamaChat | null> {
    const free = this.#free.pop();
    if (free) return Promise.resolve(free);
    return new Promise((resolve) => {
      const give = (chat: LlamaChat): void => {
        signal.removeEventListener('abort', leave);
        resolve(chat);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1);
        resolve(null);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(give);
    });
  }

  #giveBack(chat: LlamaChat): void {
    const next = this.#waiting.shift();
    if (next) next(chat);
    else this.#free.push(chat);
  }
}
