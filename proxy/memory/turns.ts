import { aborted } from '../aborted.ts';
import type { Asker, Queued } from '../chat/types.ts';
import { Busy } from '../errors.ts';
import { Patience } from '../patience.ts';
import type { Link } from '../runtimes/types.ts';

export interface TurnSettings {
  /** How many requests may wait for the same weights. */
  most: number;
  /** Seconds that one may wait. */
  waitS: number;
}

interface TurnParts {
  settings(): TurnSettings;
  /** Somebody waits, or does so no more. */
  changed(): void;
}

interface Place {
  asker: Asker;
  turn: number;
  state: 'waiting' | 'granted' | Busy;
  /** Resolved, and replaced, when there is something to look at. */
  news: PromiseWithResolvers<void>;
}

/** The lines in which requests wait for weights that are at work, one line for each set of weights. */
export class Turns {
  readonly #parts: TurnParts;
  readonly #lines = new Map<string, Line>();

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** The line of weights; the same one for every model on them, and through reloads. */
  of(weights: string): Line {
    const line = this.#lines.get(weights) ?? new Line(this.#parts);
    this.#lines.set(weights, line);
    return line;
  }

  waitingFor(weights: string): number {
    return this.#lines.get(weights)?.waiting ?? 0;
  }

  /** How many wait, in all lines. */
  get waiting(): number {
    return this.#lines.values().reduce((sum, line) => sum + line.waiting, 0);
  }
}

/**
 * A runtime works on a few answers at a time, and would take further requests in the order in which they came: a batch of
 * hundreds, and a person's question behind it. So they wait here, and clients take turns: each one's first request goes
 * before anybody's second. Among equals a person at a terminal goes first, and then who came first. When more wait than may,
 * the last in line is turned away.
 */
export class Line {
  /** When the runtime last said something on these weights, to whomever; monotonic ms. */
  lastSign = Number.NEGATIVE_INFINITY;
  readonly #parts: TurnParts;
  #parallel = 1;
  #running = 0;
  /** In the order in which they will be served. */
  readonly #places: Place[] = [];
  /** The latest turn that was served. */
  #turn = 0;
  /** What an answer took of late. */
  #answerMs = 0;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#places.length;
  }

  /** Takes a place at work if one is free, and says whether; `leave` gives it back. `parallel`: how many there are. */
  enter(parallel: number): boolean {
    this.#parallel = parallel;
    if (this.#places.length > 0 || this.#running >= parallel) return false;
    this.#running += 1;
    return true;
  }

  /** Gives a place back, that an answer had for so many ms. */
  leave(tookMs: number): void {
    this.#running -= 1;
    this.#answerMs = this.#answerMs === 0 ? tookMs : this.#answerMs * 0.7 + tookMs * 0.3;
    this.#serve();
  }

  /**
   * Waits for a place at work, and has it when it ends well. Tells who is before it, at first and, where a person watches,
   * whenever that changes; and at last that its turn has come. Throws `Busy`.
   */
  async *wait({ model }: Link, asker: Asker, signal: AbortSignal): AsyncGenerator<Queued> {
    const place = this.#join(asker, model);
    const { waitS } = this.#parts.settings();
    const patience = new Patience((seconds, what) =>
      this.#refuse(place, `${model} ${what} for ${seconds} s`),
    );
    patience.allow(waitS, 'was busy with other requests');
    const gone = aborted(signal);
    let taken = false;
    try {
      while (place.state === 'waiting') {
        const { promise } = place.news;
        yield { type: 'queue', ahead: this.#places.indexOf(place) };
        await Promise.race([promise, gone]);
        signal.throwIfAborted();
      }
      if (place.state instanceof Busy) throw place.state;
      yield { type: 'queue', ahead: null };
      taken = true;
    } finally {
      patience.stop();
      if (!taken) this.#abandon(place);
    }
  }

  #join(asker: Asker, model: string): Place {
    const own = this.#places.findLast((other) => other.asker.client === asker.client);
    const turn = Math.max(this.#turn, own?.turn ?? 0) + 1;
    const place: Place = { asker, turn, state: 'waiting', news: Promise.withResolvers() };
    const after = this.#places.findLastIndex((other) => !goesBefore(place, other));
    this.#places.splice(after + 1, 0, place);
    const { most } = this.#parts.settings();
    const last = this.#places.length > most ? this.#places.at(-1) : undefined;
    if (last) this.#refuse(last, `${model} has ${most} requests waiting already`);
    this.#moved();
    return place;
  }

  #serve(): void {
    const before = this.#places.length;
    while (this.#running < this.#parallel) {
      const place = this.#places.shift();
      if (!place) break;
      this.#running += 1;
      this.#turn = Math.max(this.#turn, place.turn);
      settle(place, 'granted');
    }
    if (before > 0) this.#moved();
  }

  #refuse(place: Place, why: string): void {
    this.#remove(place);
    settle(place, new Busy(`${why}; try again in ${this.#retryS} s, or ask another model.`, this.#retryS));
  }

  /** Whoever waited has gone, perhaps just as its turn came. */
  #abandon(place: Place): void {
    if (place.state === 'granted') {
      this.#running -= 1;
      this.#serve();
    } else this.#remove(place);
  }

  #remove(place: Place): void {
    const at = this.#places.indexOf(place);
    if (at < 0) return;
    this.#places.splice(at, 1);
    this.#moved();
  }

  /** Until those who wait now may have been served; a minute is as long as clients believe. */
  get #retryS(): number {
    const seconds = (this.#places.length * this.#answerMs) / this.#parallel / 1000;
    return Math.min(60, Math.max(1, Math.ceil(seconds)));
  }

  #moved(): void {
    for (const place of this.#places) if (place.asker.watched) tell(place);
    this.#parts.changed();
  }
}

function goesBefore(one: Place, other: Place): boolean {
  if (one.turn !== other.turn) return one.turn < other.turn;
  return one.asker.watched && !other.asker.watched;
}

function settle(place: Place, state: Place['state']): void {
  place.state = state;
  tell(place);
}

function tell(place: Place): void {
  place.news.resolve();
  place.news = Promise.withResolvers();
}
