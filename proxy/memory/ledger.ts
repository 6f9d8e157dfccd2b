import type { ModelStatus } from '../contract.ts';
import { LinkFailure } from '../errors.ts';
import { Listeners } from '../listeners.ts';
import { type Link, type Resident, type Runtime, residentKey, type Weights } from '../runtimes/types.ts';

/** Weights that the config knows, with who uses them. */
export interface KnownWeights {
  weights: Weights;
  runtime: string;
  /** The models on these weights. */
  models: string[];
  /** The link of the first of them, to load them by. */
  link: Link;
}

/** A resident with what Toaster knows of it; one that no config names has a name alone. */
export interface LedgerEntry {
  id: string;
  /** The key of its runtime in the config. */
  runtime: string;
  resident: Resident;
  known: KnownWeights | null;
}

/** Keeps the books: which weights are in use by whom, and which are in memory. */
export class Ledger {
  /** Hear that something in the books is otherwise now, or in what is told together with them: pins, who waits. */
  readonly changed = new Listeners();
  readonly #busy = new Map<string, number>();
  readonly #lastUsed = new Map<string, number>();
  readonly #reserved = new Map<string, number>();
  readonly #freed = new Set<() => void>();
  /** When loads that are under way began, and how long the last one took, by weights; monotonic ms. */
  readonly #loadsBegan = new Map<string, number>();
  readonly #loadTook = new Map<string, number>();
  readonly #tight = new Set<string>();
  readonly #now: () => number;
  #runtimes: ReadonlyMap<string, Runtime> = new Map();
  /** What each runtime had when it last said so. */
  readonly #last = new Map<string, Resident[]>();
  #known: KnownWeights[] = [];

  /** `now`: monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes over what a config knows. */
  follow(runtimes: ReadonlyMap<string, Runtime>, known: KnownWeights[]): void {
    this.#runtimes = runtimes;
    this.#known = known;
    this.changed.tell();
  }

  get known(): readonly KnownWeights[] {
    return this.#known;
  }

  /** Has a runtime load; it counts as in memory from then on, also while the runtime does not say. Throws as that does. */
  async load(link: Link, signal: AbortSignal): Promise<void> {
    const { runtime, weights } = link;
    const began = this.#now();
    this.#loadsBegan.set(weights.id, began);
    this.changed.tell();
    try {
      await this.#runtimes.get(runtime)?.load(link, signal);
      this.#loadTook.set(weights.id, this.#now() - began);
    } finally {
      this.#loadsBegan.delete(weights.id);
      this.changed.tell();
    }
    const key = residentKey(weights);
    const others = (this.#last.get(runtime) ?? []).filter((one) => !isKey(key, one.key));
    const fresh = {
      key,
      size: null,
      context: weights.context,
      expiresAt: null,
      process: null,
      loading: false,
    };
    this.#last.set(runtime, [...others, fresh]);
  }

  /** Has a runtime unload what it lists under `key`. Throws as that does. */
  async unload(runtime: string, key: string): Promise<void> {
    await this.#runtimes.get(runtime)?.unload(key);
    this.#last.set(
      runtime,
      (this.#last.get(runtime) ?? []).filter((one) => !isKey(key, one.key)),
    );
    this.changed.tell();
  }

  /** Notes whether weights are loaded although they exceed what is free. */
  setTight(id: string, tight: boolean): void {
    if (tight) this.#tight.add(id);
    else this.#tight.delete(id);
  }

  /** Whether the last load of weights was such a one. */
  isTight(id: string): boolean {
    return this.#tight.has(id);
  }

  /** How far weights are on their way into memory, by how long it took the last time; null when they are not. */
  loading(id: string): ModelStatus['loading'] {
    const began = this.#loadsBegan.get(id);
    if (began === undefined) return null;
    const took = this.#loadTook.get(id);
    return {
      elapsed_s: (this.#now() - began) / 1000,
      expected_s: took === undefined ? null : took / 1000,
    };
  }

  busy(id: string): number {
    return this.#busy.get(id) ?? 0;
  }

  /** Monotonic ms; 0 when never. */
  lastUsed(id: string): number {
    return this.#lastUsed.get(id) ?? 0;
  }

  /** A request begins on these weights. */
  enter(id: string): void {
    this.#busy.set(id, this.busy(id) + 1);
    this.changed.tell();
  }

  /** It has ended. */
  leave(id: string): void {
    this.#busy.set(id, this.busy(id) - 1);
    this.#lastUsed.set(id, this.#now());
    for (const tell of this.#freed) tell();
    this.changed.tell();
  }

  reserved(id: string): boolean {
    return (this.#reserved.get(id) ?? 0) > 0;
  }

  /** A council will need these weights, so others leave before them; the returned function ends that. */
  reserve(ids: readonly string[]): () => void {
    const count = (by: 1 | -1): void => {
      for (const id of ids) this.#reserved.set(id, (this.#reserved.get(id) ?? 0) + by);
    };
    count(1);
    return () => count(-1);
  }

  /** Waits until nobody uses the weights, or the signal says stop. */
  async untilIdle(id: string, signal: AbortSignal): Promise<void> {
    while (this.busy(id) > 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#freed.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#freed.delete(resolve);
    }
  }

  /** What all runtimes have in memory. One that does not answer has nothing to tell. */
  async residents(): Promise<LedgerEntry[]> {
    const all = [...this.#runtimes.keys()].map(async (runtime): Promise<LedgerEntry[]> => {
      const list = await this.#ask(runtime);
      return list.map((resident) => {
        const known =
          this.#known.find(
            (one) => one.runtime === runtime && isKey(residentKey(one.weights), resident.key),
          ) ?? null;
        const id = known?.weights.id ?? resident.key;
        const context = resident.context || (known?.weights.context ?? 0);
        return { id, runtime, resident: { ...resident, context }, known };
      });
    });
    return (await Promise.all(all)).flat();
  }

  async #ask(id: string): Promise<Resident[]> {
    try {
      const list = (await this.#runtimes.get(id)?.residents()) ?? [];
      this.#last.set(id, list);
      return list;
    } catch (error) {
      // Down, it holds nothing that could be moved. Only silent, it may be loading for a minute, and holds what it held:
      // to take it for empty would be to load on top of that.
      if (error instanceof LinkFailure && error.reason === 'connection') this.#last.delete(id);
      return this.#last.get(id) ?? [];
    }
  }
}

const isKey = (wanted: string, listed: string): boolean => listed === wanted || listed === `${wanted}:latest`;
