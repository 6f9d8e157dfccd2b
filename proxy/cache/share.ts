import type { ChatEvent } from '../chat/types.ts';

/** One inference that several requests may listen to. */
interface Flight {
  /** Everything so far, for those who join later. */
  events: ChatEvent[];
  ended: boolean;
  failure: { error: unknown } | null;
  listeners: number;
  stop: AbortController;
  /** Resolved, and replaced, whenever something has happened. */
  news: PromiseWithResolvers<void>;
}

/** Lets identical requests that are in flight at the same time share one inference. */
export class Sharing {
  readonly #flights = new Map<string, Flight>();

  /**
   * The events of the inference `key`: a new one by `start`, or those of the one already under way, from its beginning.
   * It is aborted when the last listener has gone; one goes when its `signal` says so.
   */
  join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => AsyncIterable<ChatEvent>,
  ): { shared: boolean; events: AsyncIterable<ChatEvent> } {
    const known = this.#flights.get(key);
    if (known) return { shared: true, events: this.#listen(key, known, signal) };
    const flight: Flight = {
      events: [],
      ended: false,
      failure: null,
      listeners: 0,
      stop: new AbortController(),
      news: Promise.withResolvers(),
    };
    this.#flights.set(key, flight);
    void this.#run(key, flight, start);
    return { shared: false, events: this.#listen(key, flight, signal) };
  }

  async #run(
    key: string,
    flight: Flight,
    start: (signal: AbortSignal) => AsyncIterable<ChatEvent>,
  ): Promise<void> {
    const tell = (): void => {
      const { resolve } = flight.news;
      flight.news = Promise.withResolvers();
      resolve();
    };
    try {
      for await (const event of start(flight.stop.signal)) {
        // Nobody may join at the end: a request that comes now finds the answer in the cache.
        if (event.type === 'finish' || event.type === 'error') this.#forget(key, flight);
        flight.events.push(event);
        tell();
      }
    } catch (error) {
      flight.failure = { error };
    }
    flight.ended = true;
    this.#forget(key, flight);
    tell();
  }

  /** Joins at once, not at the first event asked for: between the two the inference must not be taken for abandoned. */
  #listen(key: string, flight: Flight, signal: AbortSignal): AsyncIterable<ChatEvent> {
    flight.listeners += 1;
    const leave = (): void => {
      flight.listeners -= 1;
      if (flight.listeners > 0 || flight.ended) return;
      this.#forget(key, flight);
      flight.stop.abort();
    };
    return follow(flight, leave, signal);
  }

  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

async function* follow(flight: Flight, leave: () => void, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const gone = Promise.withResolvers<void>();
  const go = (): void => gone.resolve();
  signal.addEventListener('abort', go, { once: true });
  try {
    for (let next = 0; !signal.aborted; ) {
      const { news } = flight;
      const event = flight.events[next];
      if (event) {
        next += 1;
        yield event;
      } else if (flight.failure) throw flight.failure.error;
      else if (flight.ended) return;
      else await Promise.race([news.promise, gone.promise]);
    }
  } finally {
    signal.removeEventListener('abort', go);
    leave();
  }
}
