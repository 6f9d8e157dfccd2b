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

/** A place among those who listen to one inference. */
export interface Seat {
  /** Somebody else began it. */
  shared: boolean;
  events: AsyncIterable<ChatEvent>;
  leave(): void;
}

/** Lets identical requests that are in flight at the same time share one inference. */
export class Sharing {
  readonly #flights = new Map<string, Flight>();

  /**
   * A seat at the inference `key`: a new one by `start`, or the one already under way, from its beginning. It is aborted
   * when the last listener has left; each must, whether or not it has listened. A `signal` ends the listening.
   */
  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => AsyncIterable<ChatEvent>): Seat {
    const known = this.#flights.get(key);
    const flight = known ?? this.#begin(key, start);
    flight.listeners += 1;
    let left = false;
    return {
      shared: known !== undefined,
      events: follow(flight, signal),
      leave: () => {
        if (left) return;
        left = true;
        flight.listeners -= 1;
        if (flight.listeners > 0 || flight.ended) return;
        this.#forget(key, flight);
        flight.stop.abort();
      },
    };
  }

  #begin(key: string, start: (signal: AbortSignal) => AsyncIterable<ChatEvent>): Flight {
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
    return flight;
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

  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

async function* follow(flight: Flight, signal: AbortSignal): AsyncGenerator<ChatEvent> {
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
  }
}
