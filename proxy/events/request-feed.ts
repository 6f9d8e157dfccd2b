import { randomUUID } from 'node:crypto';
import type { LogLine } from '../contract.ts';
import { Listeners } from '../listeners.ts';

/** So many lines are remembered for those who come back. */
const KEEP = 500;

/** A line with an id by which one can ask for what came after it. */
export interface RequestEvent {
  id: string;
  line: LogLine;
}

/** The lines that this process writes into the log, as they come. */
export class RequestFeed {
  /** Ids of an earlier run mean nothing in this one. */
  readonly #run = randomUUID().slice(0, 8);
  readonly #listeners = new Listeners<[event: RequestEvent]>();
  #recent: RequestEvent[] = [];
  #count = 0;

  /** The id of the newest line. */
  get newest(): string {
    return `${this.#run}-${this.#count}`;
  }

  push(line: LogLine): void {
    this.#count += 1;
    const event = { id: this.newest, line };
    this.#recent.push(event);
    if (this.#recent.length >= 2 * KEEP) this.#recent = this.#recent.slice(-KEEP);
    this.#listeners.tell(event);
  }

  /** What came after the line with that id; null when nobody knows any more. */
  since(id: string): RequestEvent[] | null {
    const [, run, number] = /^(.+)-(\d{1,15})$/.exec(id) ?? [];
    const missed = this.#count - Number(number);
    if (run !== this.#run || missed < 0 || missed > Math.min(KEEP, this.#recent.length)) return null;
    return missed === 0 ? [] : this.#recent.slice(-missed);
  }

  /** Calls back with each line. Returns what ends that. */
  listen(listener: (event: RequestEvent) => void): () => void {
    return this.#listeners.add(listener);
  }
}
