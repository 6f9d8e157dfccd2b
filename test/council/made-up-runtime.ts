import type { ChatEvent, ChatRequest } from '../../proxy/chat/types.ts';
import type { CouncilConfig } from '../../proxy/config/schema.ts';
import { Concurrency } from '../../proxy/council/concurrency.ts';
import type { CouncilTools, Seat } from '../../proxy/council/seat.ts';

/** Two members on one set of weights, and a chairman on those of `n`. */
export const TWO: CouncilConfig = { members: [{ model: 'm' }, { model: 'm' }], chairman: 'chair' };

/**
 * Seats on a runtime that is nothing but an order of things: each answer begins when one of its places is free, and ends
 * when everybody has begun who can at the same time. No clock, so nothing depends on how quick a machine is.
 */
export class MadeUpRuntime {
  /** What happened: `asked`, `begins`, `ends`, in order. */
  readonly happened: string[] = [];
  readonly requests: ChatRequest[] = [];
  /** What each member of the next council tells before its first word. */
  news: ChatEvent[][] = [];
  /** Whether all weights fit into memory together. */
  fit = true;
  readonly tools: CouncilTools;
  readonly #places: number;
  #asked = 0;
  #working = 0;
  #changed = Promise.withResolvers<void>();
  #tick = 0;

  /** `places`: how many it answers at a time. */
  constructor(places: number) {
    this.#places = places;
    const now = () => ++this.#tick;
    this.tools = {
      seat: (model) => this.#seat(model),
      fit: async () => this.fit,
      reserve: () => () => undefined,
      concurrency: new Concurrency(now),
      now,
    };
  }

  /** What happened since the last look. */
  look(): string {
    return this.happened.splice(0).join(' ');
  }

  #seat(model: string): Seat {
    return {
      model,
      weights: model === 'chair' ? 'n' : model,
      context: 8192,
      maxTokens: null,
      refusal: () => null,
      complete: (request) => (model === 'chair' ? this.#preside(request) : this.#answer(request)),
    };
  }

  async *#preside(request: ChatRequest): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    yield { type: 'attempt', state: 'started', model: request.model };
    yield { type: 'delta', text: 'so be it' };
    yield FINISH;
  }

  async *#answer(request: ChatRequest): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    this.#asked += 1;
    this.#happens('asked');
    yield { type: 'attempt', state: 'started', model: request.model };
    yield* this.news.shift() ?? [];
    while (this.#working === this.#places) await this.#changed.promise;
    this.#working += 1;
    this.#happens('begins');
    yield { type: 'delta', text: 'I' };
    while (this.#working < Math.min(this.#places, this.#asked)) await this.#changed.promise;
    yield { type: 'delta', text: ' think' };
    this.#happens('ends');
    yield FINISH;
    // Whoever reads has heard of the end before the place is free for the next one.
    this.#working -= 1;
    this.#asked -= 1;
    this.#happens();
  }

  #happens(what?: string): void {
    if (what !== undefined) this.happened.push(what);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const FINISH: ChatEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 1, completionTokens: 2 },
  loadS: null,
};
