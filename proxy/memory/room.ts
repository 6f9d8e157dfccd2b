import type { LinkEvent } from '../chat/types.ts';
import type { MemorySample } from '../contract.ts';
import { LinkFailure, messageOf } from '../errors.ts';
import type { Link, Weights } from '../runtimes/types.ts';
import { evict } from './evict.ts';
import type { Footprints } from './footprints.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { noRoom, takenByOthers, tooTight } from './no-room.ts';
import { allTheRoom, type Held, type LoadPlan, type Plan, planRoom, type RoomSettings } from './plan.ts';
import type { MemoryProbe } from './probe.ts';

export interface RoomParts {
  ledger: Ledger;
  probe: MemoryProbe;
  footprints: Footprints;
  settings(): RoomSettings;
  pinned(): ReadonlySet<string>;
  warn(message: string): void;
  /** Monotonic, in ms. */
  now(): number;
}

export interface MakeOptions {
  /** Load even where there seems to be no room. */
  force: boolean;
  /** Others may be made to leave. */
  evict: boolean;
}

/** Sees to it that weights are loaded only where there is room, and one at a time. */
export class Room {
  readonly #parts: RoomParts;
  /** Until when weights are warm for sure, on the monotonic clock: then a request asks nobody. */
  readonly #warmUntil = new Map<string, number>();
  /** Weights that must end what they are doing and take nothing new. */
  readonly #draining = new Set<string>();
  #loads: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** How many requests wait for a load. */
  get queue(): number {
    return this.#waiting;
  }

  /** Whether a request can be sent on without a look at memory. */
  isWarm({ id }: Weights): boolean {
    if (this.#draining.has(id)) return false;
    return this.#parts.ledger.busy(id) > 0 || (this.#warmUntil.get(id) ?? 0) > this.#parts.now();
  }

  /** An answer has ended: from now on keep_alive runs. Some of it is left out, so that the look comes too early. */
  answered(link: Link): void {
    const { id } = link.weights;
    const sureMs = Math.max(0, link.keepAliveS * 1000 - 2000);
    this.#warmUntil.set(id, this.#parts.now() + Math.min(sureMs, 60_000));
  }

  /** Forgets that weights are warm: they were unloaded, or their runtime is in trouble. */
  cooled(id: string): void {
    this.#warmUntil.delete(id);
  }

  /**
   * Brings a link's weights into memory, after those that came before. Tells what it waits for. `later`: links that may
   * answer instead when these could only wait for others. Throws `LinkFailure('no_room')`, the runtime's failures, or
   * `ApiError` 503 where the config says refuse.
   */
  async *make(
    link: Link,
    how: MakeOptions,
    later: readonly Link[],
    signal: AbortSignal,
  ): AsyncGenerator<LinkEvent> {
    this.#waiting += 1;
    const turn = Promise.withResolvers<void>();
    const before = this.#loads;
    this.#loads = turn.promise;
    // A load that its client has left goes on, and whoever comes next waits for it.
    let loading: Promise<unknown> = Promise.resolve();
    try {
      await Promise.race([before, aborted(signal)]);
      signal.throwIfAborted();
      const hold = (load: Promise<unknown>): void => {
        loading = load;
      };
      if (!this.isWarm(link.weights)) yield* this.#makeNow(link, how, later, signal, hold);
    } finally {
      this.#waiting -= 1;
      void Promise.allSettled([before, loading]).then(() => turn.resolve());
    }
  }

  async *#makeNow(
    link: Link,
    { force, evict: mayEvict }: MakeOptions,
    later: readonly Link[],
    signal: AbortSignal,
    hold: (load: Promise<unknown>) => void,
  ): AsyncGenerator<LinkEvent> {
    const entries = await this.#parts.ledger.residents();
    if (entries.some((entry) => this.#isOn(entry, link))) {
      this.answered(link);
      return;
    }
    const plan = await this.#plan(link, entries, force);
    if (plan.kind === 'no_room') throw noRoom(link, plan);
    if (!mayEvict && plan.evict.length + plan.drain.length > 0) throw takenByOthers(link);
    if (plan.tight && !force && link.settings.on_tight === 'demote') throw tooTight(link);
    if (plan.drain.length > 0 && (await this.#fitsBeside(later, entries)))
      throw new LinkFailure(
        'no_room',
        `${plan.drain.join(', ')} is answering, and ${link.model} does not fit beside it`,
        { counts: false },
      );
    yield* this.#clear(plan, entries, signal);
    await this.#load(link, signal, hold);
    yield { type: 'load', state: 'loaded' };
  }

  #isOn({ known, resident }: LedgerEntry, { weights, runtime }: Link): boolean {
    return (
      known?.runtime === runtime &&
      known.weights.id === weights.id &&
      !resident.loading &&
      resident.context === weights.context
    );
  }

  async #plan(link: Link, entries: LedgerEntry[], force = false): Promise<Plan> {
    const { probe, footprints, settings } = this.#parts;
    // A chain that goes down link by link asks again and again within moments.
    const sample = await probe.sample(1);
    const situation = this.#situation(sample, entries, link);
    const plan = planRoom(footprints.of(link.weights), situation, settings());
    return plan.kind === 'no_room' && force ? allTheRoom(situation.held) : plan;
  }

  #situation({ total, available }: MemorySample, entries: LedgerEntry[], link: Link) {
    const { ledger, footprints, pinned, probe } = this.#parts;
    const held = entries
      // The same weights with another context are replaced by the runtime itself.
      .filter(({ id }) => id !== link.weights.id)
      .map(
        ({ id, known, resident }): Held => ({
          id,
          bytes:
            Math.max(resident.size ?? 0, (known && footprints.measured(known.weights)) ?? 0) ||
            (known ? footprints.of(known.weights) : 0),
          busy: ledger.busy(id),
          pinned: known?.models.some((model) => pinned().has(model)) ?? false,
          lastUsed: ledger.lastUsed(id),
        }),
      );
    return { total, available, pressure: probe.pressure.level, held };
  }

  /** Whether a later link could answer without anybody being waited for. */
  async #fitsBeside(later: readonly Link[], entries: LedgerEntry[]): Promise<boolean> {
    for (const link of later) {
      if (entries.some((entry) => this.#isOn(entry, link))) return true;
      const plan = await this.#plan(link, entries);
      if (plan.kind === 'load' && plan.drain.length === 0 && !plan.tight) return true;
    }
    return false;
  }

  /**
   * Has those leave who must. From the first moment on they take nothing new, also those that were idle: a request that
   * slipped in between plan and unload would lose its answer.
   */
  async *#clear(
    { evict: idle, drain, tight }: LoadPlan,
    entries: LedgerEntry[],
    signal: AbortSignal,
  ): AsyncGenerator<LinkEvent> {
    const going = [...idle, ...drain];
    for (const id of going) {
      this.#draining.add(id);
      this.cooled(id);
    }
    try {
      yield { type: 'load', state: 'loading' };
      if (tight) yield { type: 'tight' };
      for (const id of drain) yield { type: 'note', text: `[waiting] ${id} is still answering` };
      for (const id of going) await this.#parts.ledger.untilIdle(id, signal);
      signal.throwIfAborted();
      await evict(going, entries, this.#parts);
    } finally {
      for (const id of going) this.#draining.delete(id);
    }
  }

  /** The load goes on when this client leaves: others may wait for it, and the weights are as good as warm. */
  async #load(link: Link, signal: AbortSignal, hold: (load: Promise<unknown>) => void): Promise<void> {
    const { ledger } = this.#parts;
    const limit = AbortSignal.timeout(Math.min(link.timeouts.load * 1000, 2 ** 31 - 1));
    const loading = Promise.resolve(ledger.runtime(link.runtime)?.load(link, limit)).then(() =>
      this.#loaded(link),
    );
    hold(loading);
    const left = await Promise.race([loading.then(() => false), aborted(signal).then(() => true)]).catch(
      (error: unknown) => {
        if (limit.aborted)
          throw new LinkFailure('timeout', `${link.model} was not loaded within ${link.timeouts.load} s`);
        throw error;
      },
    );
    if (!left) return;
    loading.catch((error: unknown) => this.#parts.warn(`${link.model} was not loaded (${messageOf(error)})`));
    signal.throwIfAborted();
  }

  async #loaded(link: Link): Promise<void> {
    const { ledger, footprints, probe } = this.#parts;
    this.answered(link);
    const entry = (await ledger.residents()).find((one) => this.#isOn(one, link));
    if (!entry) return;
    const { size, pid } = entry.resident;
    // A runtime that gives no figure is a process of our own, whose memory can be looked at.
    if (size === null && pid !== null) await probe.sample();
    const bytes = size ?? (pid === null ? null : probe.rss(pid));
    if (bytes !== null) footprints.learn(link.weights, bytes);
  }
}

/** Makes room and loads where nobody listens to how it goes. Never makes others leave. Throws as `make` does. */
export async function collectRoom(room: Room, link: Link): Promise<void> {
  for await (const _event of room.make(
    link,
    { force: false, evict: false },
    [],
    new AbortController().signal,
  ));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
