import { aborted } from '../../aborted.ts';
import type { Load, RuntimeEvent } from '../../chat/types.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import type { Child, StartChild } from './child-process.ts';
import type { EngineError, EngineRequest, FromChild, LoadOrder } from './protocol.ts';

/** Tells of a change to whoever waits for the next one. */
class News {
  #next = Promise.withResolvers<void>();
  tell(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }
  get next(): Promise<void> {
    return this.#next.promise;
  }
}

interface Answering {
  events: RuntimeEvent[];
  error: Error | null;
  news: News;
}

/** One child with weights, from its start to its end. */
export class Holder {
  readonly #child: Child;
  readonly #name: string;
  readonly #answers = new Map<number, Answering>();
  readonly #news = new News();
  readonly #gone = Promise.withResolvers<void>();
  #state: 'loading' | 'loaded' | 'gone' = 'loading';
  #progress = 0;
  #failure: LinkFailure | null = null;
  #ids = 0;

  constructor(start: StartChild, order: LoadOrder, name: string) {
    this.#name = name;
    this.#child = start({ message: (message) => this.#hear(message), exit: (why) => this.#end(why) });
    this.#child.send(order);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#state !== 'gone' && this.#failure === null;
  }

  get loaded(): boolean {
    return this.#state === 'loaded';
  }

  /** Tells the progress of the load until the weights are in memory. Throws `LinkFailure('crash')`. */
  async *loading(signal: AbortSignal): AsyncGenerator<Load> {
    const gone = aborted(signal);
    while (this.#state === 'loading' && !this.#failure) {
      yield { type: 'load', state: 'loading', progress: this.#progress };
      await Promise.race([this.#news.next, gone]);
      signal.throwIfAborted();
    }
    if (this.#failure) throw this.#failure;
    yield { type: 'load', state: 'loaded' };
  }

  /** The events of one answer. Throws `ApiError` when the request is at fault, else `LinkFailure('crash')`. */
  async *answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const id = ++this.#ids;
    const answering: Answering = { events: [], error: this.#failure, news: new News() };
    this.#answers.set(id, answering);
    this.#child.send({ type: 'generate', id, request });
    const gone = aborted(signal);
    let finished = false;
    try {
      while (true) {
        signal.throwIfAborted();
        const { next } = answering.news;
        const event = answering.events.shift();
        if (event) {
          finished = event.type === 'finish';
          yield event;
          if (finished) return;
        } else if (answering.error) throw answering.error;
        else await Promise.race([next, gone]);
      }
    } finally {
      this.#answers.delete(id);
      if (!finished && this.alive) this.#child.send({ type: 'abort', id });
    }
  }

  /** Ends the child, and waits until its memory is back. */
  async end(): Promise<void> {
    this.#child.kill();
    await this.#gone.promise;
  }

  #hear(message: FromChild): void {
    if (message.type === 'event') this.#tell(message.id, (answering) => answering.events.push(message.event));
    else if (message.type === 'failed')
      this.#tell(message.id, (answering) => (answering.error = toError(message.error)));
    else if (message.type === 'progress') this.#progress = message.value;
    else if (message.type === 'loaded') this.#state = 'loaded';
    else {
      this.#failure = new LinkFailure(
        message.noRoom ? 'no_room' : 'crash',
        `llama.cpp could not load ${this.#name}: ${message.message}`,
      );
      this.#child.kill();
    }
    this.#news.tell();
  }

  #tell(id: number, change: (answering: Answering) => void): void {
    const answering = this.#answers.get(id);
    if (!answering) return;
    change(answering);
    answering.news.tell();
  }

  #end(why: string): void {
    this.#state = 'gone';
    this.#failure ??= new LinkFailure('crash', `llama.cpp with ${this.#name} ended (${why})`);
    for (const answering of this.#answers.values()) {
      answering.error = this.#failure;
      answering.news.tell();
    }
    this.#news.tell();
    this.#gone.resolve();
  }
}

function toError({ kind, message, code, param }: EngineError): Error {
  if (kind === 'engine') return new LinkFailure('crash', `llama.cpp failed: ${message}`);
  return new ApiError(400, message, {
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  });
}
