import { createHash } from 'node:crypto';

export type Capability = 'completion' | 'tools' | 'thinking' | 'vision';

/** A model that the fake has on its disk, and how it behaves. */
export interface FakeModel {
  name: string;
  /** Bytes. */
  size: number;
  capabilities: Capability[];
  loadMs: number;
  tokenMs: number;
  /** What it says; by default it repeats the last message. */
  reply?: string;
  thinking?: string;
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
}

/** A model in memory. */
interface Resident {
  context: number;
  keepAliveS: number;
  /** ms since 1970; Infinity while busy or for ever. */
  expiresAt: number;
  busy: number;
}

const DEFAULT_KEEP_ALIVE_S = 300;

/** A model with every field, from the few that a test cares about. */
export function fakeModel(model: Partial<FakeModel> & { name: string }): FakeModel {
  return { size: 1e9, capabilities: ['completion', 'tools'], loadMs: 0, tokenMs: 0, ...model };
}

export const digestOf = (name: string): string => createHash('sha256').update(`fake ${name}`).digest('hex');

/** What is in memory and until when; loads happen one at a time. */
export class Residency {
  readonly #residents = new Map<string, Resident>();
  #loading: Promise<unknown> = Promise.resolve();

  /** Brings a model into memory with that context; true when it had to be loaded. Aborted, it leaves nothing. */
  async load(model: FakeModel, context: number, signal: AbortSignal): Promise<boolean> {
    const turn = this.#loading.then(() => this.#load(model, context, signal));
    // One that failed makes way for the next like any other.
    const done = (): void => undefined;
    this.#loading = turn.then(done, done);
    return turn;
  }

  async #load(model: FakeModel, context: number, signal: AbortSignal): Promise<boolean> {
    const resident = this.#current(model.name);
    if (resident?.context === context) return false;
    this.#residents.delete(model.name);
    await pause(model.loadMs, signal);
    signal.throwIfAborted();
    this.#residents.set(model.name, { context, keepAliveS: DEFAULT_KEEP_ALIVE_S, expiresAt: 0, busy: 0 });
    this.touch(model.name);
    return true;
  }

  /** A request begins on a resident model. */
  enter(name: string, keepAliveS: number | undefined): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.busy += 1;
    resident.expiresAt = Number.POSITIVE_INFINITY;
    if (keepAliveS !== undefined) resident.keepAliveS = keepAliveS;
  }

  /** It has ended: the time until it goes counts from now. */
  leave(name: string): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.busy -= 1;
    if (resident.busy === 0) this.touch(name);
  }

  touch(name: string): void {
    const resident = this.#residents.get(name);
    if (resident) resident.expiresAt = Date.now() + resident.keepAliveS * 1000;
  }

  unload(name: string): void {
    this.#residents.delete(name);
  }

  /** What is in memory now. */
  list(): { name: string; context: number; expiresAt: number }[] {
    return [...this.#residents.keys()].flatMap((name) => {
      const resident = this.#current(name);
      return resident ? [{ name, context: resident.context, expiresAt: resident.expiresAt }] : [];
    });
  }

  #current(name: string): Resident | undefined {
    const resident = this.#residents.get(name);
    if (resident && resident.busy === 0 && resident.expiresAt <= Date.now()) this.#residents.delete(name);
    return this.#residents.get(name);
  }
}

/** Waits; an abort ends it early, without an error. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
