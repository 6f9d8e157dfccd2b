import { aborted } from '../aborted.ts';
import type { LinkEvent } from '../chat/types.ts';
import { LinkFailure, messageOf } from '../errors.ts';
import { Patience } from '../patience.ts';
import type { Link, Weights } from '../runtimes/types.ts';
import { evict } from './evict.ts';
import type { LedgerEntry } from './ledger.ts';
import { measure } from './measure.ts';
import { noRoom, staysPut, TakenByOthers, tooTight } from './no-room.ts';
import type { LoadPlan } from './plan.ts';
import { allFit, anyFitsBeside, isOn, type PlannerParts, planFor } from './planner.ts';

export interface RoomParts extends PlannerParts {
  warn(message: string): void;
  /** Monotonic, in ms. */
  now(): number;
}

export interface MakeOptions {
  /** Load even where there seems to be no room. */
  force: boolean;
  /** Nobody waits for it: it makes nobody leave. */
  background: boolean;
  /** Ends the load itself; the signal of whoever asked only ends the waiting for it. */
  giveUp: AbortSignal;
}

/** For how long after an answer its weights are taken to be there still, without a look. */
const SURE_MS = 5000;

/** How often a place is cleared before those who do not leave it are believed. */
const CLEARINGS = 2;

/** Sees to it that weights are loaded only where there is room, and one at a time. */
export class Room {
  readonly #parts: RoomParts;
  /** Until when weights are warm for sure, on the monotonic clock: then a request asks nobody. */
  readonly #warmUntil = new Map<string, number>();
  /** Weights that must end what they are doing and take nothing new. */
  readonly #draining = new Set<string>();
  #loads: Promise<unknown> = Promise.resolve();
  /** Those that wait for the same weights to come, by these. */
  readonly #coming = new Map<string, PromiseWithResolvers<void>>();
  #waiting = 0;
  /** A load that nobody waits for: it gives way to whoever comes. */
  #background: { id: string; stop: AbortController } | null = null;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** How many requests wait for a load. */
  get queue(): number {
    return this.#waiting;
  }

  /** Whether a request can be sent on without a look at memory: another machine's is not for this one to plan. */
  isWarm({ id, remote }: Weights): boolean {
    if (remote) return true;
    if (this.#draining.has(id)) return false;
    return this.#parts.ledger.busy(id) > 0 || (this.#warmUntil.get(id) ?? 0) > this.#parts.now();
  }

  /** An answer has ended: from now on keep_alive runs, and for a moment nobody else will have had it evicted. */
  answered(link: Link): void {
    const { id } = link.weights;
    const sureMs = Math.max(0, link.keepAliveS * 1000 - 2000);
    this.#warmUntil.set(id, this.#parts.now() + Math.min(sureMs, SURE_MS));
    this.#coming.get(id)?.resolve();
    this.#coming.delete(id);
  }

  /** Whether the weights of several links can be in memory together, and those of `guest` as well if they are there. */
  fit(links: readonly Link[], guest: Link): Promise<boolean> {
    return allFit(links, guest, this.#parts);
  }

  /** Forgets that weights are warm: they were unloaded, or are in trouble. */
  cooled(id: string): void {
    this.#warmUntil.delete(id);
  }

  /** A runtime does not answer: whatever it had may be gone when it does again. */
  lost(runtime: string): void {
    for (const known of this.#parts.ledger.known)
      if (known.runtime === runtime) this.cooled(known.weights.id);
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
    if (this.#background?.id !== link.weights.id && !how.background) this.#background?.stop.abort();
    this.#wait(1);
    const turn = Promise.withResolvers<void>();
    const before = this.#loads;
    this.#loads = turn.promise;
    // A load that its client has left goes on, and whoever comes next waits for it.
    let loading: Promise<unknown> = Promise.resolve();
    try {
      // Somebody else may bring these weights meanwhile, and then there is nothing to plan: so the members of a council
      // begin together, also where the first of them had to load.
      await Promise.race([before, this.#come(link.weights.id), aborted(signal)]);
      if (!this.isWarm(link.weights)) await Promise.race([before, aborted(signal)]);
      signal.throwIfAborted();
      const hold = (load: Promise<unknown>): void => {
        loading = load;
      };
      if (!this.isWarm(link.weights)) yield* this.#makeNow(link, how, later, signal, hold);
    } finally {
      this.#wait(-1);
      void Promise.allSettled([before, loading]).then(() => turn.resolve());
    }
  }

  /**
   * Loads where nobody waits for it. It makes nobody leave (`taken`), and ends when a request for other weights comes
   * (`gave way`). Throws as `make` does.
   */
  async warm(link: Link): Promise<'warm' | 'taken' | 'gave way'> {
    const stop = new AbortController();
    const how = { force: false, background: true, giveUp: stop.signal };
    this.#background = { id: link.weights.id, stop };
    try {
      await Array.fromAsync(this.make(link, how, [], stop.signal));
      return 'warm';
    } catch (error) {
      if (stop.signal.aborted) return 'gave way';
      if (error instanceof TakenByOthers) return 'taken';
      throw error;
    } finally {
      this.#background = null;
    }
  }

  /** Done when weights have come into memory or have just answered. */
  #come(id: string): Promise<void> {
    const coming = this.#coming.get(id) ?? Promise.withResolvers<void>();
    this.#coming.set(id, coming);
    return coming.promise;
  }

  #wait(by: 1 | -1): void {
    this.#waiting += by;
    this.#parts.ledger.changed.tell();
  }

  async *#makeNow(
    link: Link,
    how: MakeOptions,
    later: readonly Link[],
    signal: AbortSignal,
    hold: (load: Promise<unknown>) => void,
  ): AsyncGenerator<LinkEvent> {
    let tight = false;
    for (let clearings = 0; ; clearings += 1) {
      const entries = await this.#parts.ledger.residents();
      if (entries.some((entry) => isOn(entry, link))) {
        this.answered(link);
        break;
      }
      const plan = await this.#decide(link, how, entries);
      const leaving = [...plan.evict, ...plan.drain];
      // Who asks for the larger model waits for the smaller one's answer, and not the other way round.
      if (plan.drainsLarger && (await anyFitsBeside(later, entries, this.#parts)))
        throw new LinkFailure(
          'no_room',
          `${plan.drain.join(', ')} is answering, and ${link.model} does not fit beside it`,
          { counts: false },
        );
      const news: LinkEvent[] = [
        ...(clearings === 0 ? [{ type: 'load' as const, state: 'loading' as const }] : []),
        ...(plan.tight && !tight ? [{ type: 'tight' as const }] : []),
      ];
      tight ||= plan.tight;
      if (leaving.length === 0 || (how.force && clearings === CLEARINGS)) {
        yield* news;
        this.#parts.ledger.setTight(link.weights.id, tight);
        await this.#load(link, how.giveUp, signal, hold);
        break;
      }
      if (clearings === CLEARINGS) throw staysPut(link, leaving);
      yield* this.#clear(plan, entries, news, signal);
    }
    yield { type: 'load', state: 'loaded' };
  }

  /** The plan by which to load. Throws where there is none, or where the config or the caller does not want it. */
  async #decide(link: Link, { force, background }: MakeOptions, entries: LedgerEntry[]): Promise<LoadPlan> {
    const plan = await planFor(link, entries, this.#parts, force);
    if (plan.kind === 'no_room') throw noRoom(link, plan);
    if (background && plan.evict.length + plan.drain.length > 0) throw new TakenByOthers(link);
    if (plan.tight && !force && (background || link.settings.on_tight === 'demote')) throw tooTight(link);
    return plan;
  }

  /**
   * Has those leave who must. From the first moment on they take nothing new, also those that were idle: a request that
   * slipped in between plan and unload would lose its answer.
   */
  async *#clear(
    { evict: idle, drain }: LoadPlan,
    entries: LedgerEntry[],
    news: LinkEvent[],
    signal: AbortSignal,
  ): AsyncGenerator<LinkEvent> {
    const going = [...idle, ...drain];
    for (const id of going) {
      this.#draining.add(id);
      this.cooled(id);
    }
    try {
      yield* news;
      for (const id of drain) yield { type: 'note', text: `[waiting] ${id} is still answering` };
      for (const id of going) await this.#parts.ledger.untilIdle(id, signal);
      signal.throwIfAborted();
      for (const [id, error] of await evict(going, entries, this.#parts))
        this.#parts.warn(`${id} did not leave memory (${messageOf(error)})`);
    } finally {
      for (const id of going) {
        this.#draining.delete(id);
        // Its last answer has said that it is warm.
        this.cooled(id);
      }
    }
  }

  /** The load goes on when this client leaves: others may wait for it, and the weights are as good as warm. */
  async #load(
    link: Link,
    giveUp: AbortSignal,
    signal: AbortSignal,
    hold: (load: Promise<unknown>) => void,
  ): Promise<void> {
    const limit = new AbortController();
    const patience = new Patience(() => limit.abort());
    patience.allow(link.timeouts.load, 'no weights');
    const loading = this.#parts.ledger
      .load(link, AbortSignal.any([limit.signal, giveUp]))
      .finally(() => patience.stop())
      .then(() => this.answered(link));
    // The next one to plan waits for this figure; who asked does not.
    hold(loading.then(() => this.#measure(link)));
    try {
      await Promise.race([loading, aborted(signal)]);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      throw new LinkFailure('timeout', `${link.model} was not loaded within ${link.timeouts.load} s`);
    }
    if (!signal.aborted) return;
    loading.catch((error: unknown) => {
      if (!giveUp.aborted) this.#parts.warn(`${link.model} was not loaded (${messageOf(error)})`);
    });
    signal.throwIfAborted();
  }

  async #measure(link: Link): Promise<void> {
    // Its process is new.
    await this.#parts.probe.sample();
    for (const entry of await this.#parts.ledger.residents())
      if (isOn(entry, link)) measure(entry, this.#parts);
  }
}
