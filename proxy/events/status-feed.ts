import { messageOf } from '../errors.ts';
import { Listeners } from '../listeners.ts';

/** What changes together is told together; and so often at most. */
const SOON_MS = 150;
const LEAST_GAP_MS = 250;

export interface StatusFeedParts {
  memory: { probe: { listen(listener: () => void): () => void }; ledger: { changed: Listeners } };
  /** The status as it is. */
  read(): Promise<object>;
  warn(message: string): void;
}

/** The status whenever it changed, as JSON, read once for all who listen. Nobody there: nothing is read. */
export class StatusFeed {
  readonly #parts: StatusFeedParts;
  readonly #listeners = new Listeners<[status: string]>();
  #stop: (() => void) | null = null;
  /** What all who listen know. */
  #last: string | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #reading = false;

  constructor(parts: StatusFeedParts) {
    this.#parts = parts;
  }

  /** Calls back with the status as it is, and with each change. Returns what ends that. */
  listen(listener: (status: string) => void): () => void {
    const end = this.#listeners.add(listener);
    if (this.#last !== null) listener(this.#last);
    this.#stop ??= this.#start();
    return () => {
      end();
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  #start(): () => void {
    const { probe, ledger } = this.#parts.memory;
    const soon = (): void => this.#plan(SOON_MS);
    const stops = [probe.listen(() => this.#plan(0)), ledger.changed.add(soon)];
    this.#plan(0);
    return () => {
      for (const stop of stops) stop();
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      this.#last = null;
    };
  }

  #plan(delayMs: number): void {
    // What is planned will see this change, too.
    if (this.#timer !== null) return;
    const wait = Math.max(delayMs, this.#readAt + LEAST_GAP_MS - performance.now());
    this.#timer = setTimeout(() => void this.#tell(), wait).unref();
  }

  async #tell(): Promise<void> {
    this.#timer = null;
    if (this.#reading) return this.#plan(LEAST_GAP_MS);
    this.#reading = true;
    this.#readAt = performance.now();
    try {
      const status = JSON.stringify(await this.#parts.read());
      if (this.#stop === null || status === this.#last) return;
      this.#last = status;
      this.#listeners.tell(status);
    } catch (error) {
      this.#parts.warn(`the status could not be told (${messageOf(error)})`);
    } finally {
      this.#reading = false;
    }
  }
}
