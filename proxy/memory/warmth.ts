import { messageOf } from '../errors.ts';
import type { KnownWeights } from './ledger.ts';
import type { Memory } from './memory.ts';

/** How often to look whether what is pinned is still warm. */
const LOOK_EVERY_MS = 15_000;
/** After a load that failed, the next try waits; each time twice as long. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Failing {
  pauseMs: number;
  until: number;
}

/** Keeps pinned models warm: after a start, a sleep, an eviction by somebody else. Never in the way of a request. */
export class Warmth {
  readonly #memory: Memory;
  readonly #warn: (message: string) => void;
  readonly #failing = new Map<string, Failing>();
  readonly #told = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #unlisten: () => void;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(memory: Memory, warn: (message: string) => void) {
    this.#memory = memory;
    this.#warn = warn;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.#unlisten = memory.probe.onWake(() => this.look());
    setTimeout(() => this.look(), 1000).unref();
  }

  /** Pins a model, or lets it go. The first load begins at once. */
  pin(model: string, pinned: boolean): void {
    const { pinned: pins, save, ledger } = this.#memory;
    if (pinned) pins.add(model);
    else pins.delete(model);
    save();
    ledger.changed.tell();
    this.#failing.delete(model);
    this.#told.delete(model);
    this.look();
  }

  /** Looks whether everything that is pinned is warm, and loads what is not. */
  look(): void {
    // A look that is under way may have passed over what this one is about.
    this.#again = this.#looking;
    if (this.#looking || this.#closed || this.#memory.pinned.size === 0) return;
    this.#looking = true;
    this.#lookNow()
      .catch((error: unknown) => this.#warn(`pinned models could not be looked after (${messageOf(error)})`))
      .finally(() => {
        this.#looking = false;
        if (this.#again) this.look();
      });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#unlisten();
  }

  async #lookNow(): Promise<void> {
    const { ledger, pinned, probe, room } = this.#memory;
    const entries = await ledger.residents();
    for (const known of ledger.known) {
      if (known.weights.remote) continue;
      const model = known.models.find((name) => pinned.has(name));
      const idle = room.queue === 0 && ledger.known.every(({ weights }) => ledger.busy(weights.id) === 0);
      const there = entries.some(({ id }) => id === known.weights.id);
      if (model === undefined || there || !idle || this.#closed || probe.pressure.level !== 'normal')
        continue;
      if ((this.#failing.get(model)?.until ?? 0) > performance.now()) continue;
      await this.#warm(model, known);
    }
  }

  async #warm(model: string, { link }: KnownWeights): Promise<void> {
    try {
      const settings = { ...link.settings, on_no_room: 'demote' as const };
      const end = await this.#memory.room.warm({ ...link, settings });
      if (end === 'warm') this.#failing.delete(model);
      // Whoever has the memory goes some day, so the next look may find room.
      if (end === 'taken') this.#tell(model, 'others have the memory that it would need');
    } catch (error) {
      const pauseMs = Math.min(
        LONGEST_PAUSE_MS,
        (this.#failing.get(model)?.pauseMs ?? FIRST_PAUSE_MS / 2) * 2,
      );
      this.#failing.set(model, { pauseMs, until: performance.now() + pauseMs });
      this.#tell(model, messageOf(error));
    }
  }

  /** Once for each pin. */
  #tell(model: string, why: string): void {
    if (!this.#told.has(model))
      this.#warn(`${model} is pinned and cannot be warm now (${why}); tried again later`);
    this.#told.add(model);
  }
}
