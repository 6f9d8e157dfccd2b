import { createHash } from 'node:crypto';
import type { ChatBody } from './answer.ts';
import type { Machine } from './machine.ts';

export type Capability = 'completion' | 'tools' | 'thinking' | 'vision' | 'insert' | 'embedding';

/** A model that the fake has on its disk, and how it behaves. */
export interface FakeModel {
  name: string;
  /** Bytes. */
  size: number;
  capabilities: Capability[];
  loadMs: number;
  tokenMs: number;
  /** What it says, always or to a request; by default it repeats the last message. */
  reply?: string | ((body: ChatBody) => string);
  thinking?: string;
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
}

/** What a load is made with: another of these is another load. */
export interface LoadOptions {
  context: number;
  shift: boolean;
}

/** A model in memory. */
interface Resident {
  model: FakeModel;
  options: LoadOptions;
  keepAliveS: number;
  /** ms since 1970; Infinity for ever. */
  expiresAt: number;
  busy: number;
  lastUsed: number;
  timer: NodeJS.Timeout | undefined;
}

/** OLLAMA_MAX_LOADED_MODELS, by default. */
const MAX_LOADED = 3;
const DEFAULT_KEEP_ALIVE_S = 300;

/** A model with every field, from the few that a test cares about. */
export function fakeModel(model: Partial<FakeModel> & { name: string }): FakeModel {
  return { size: 1e9, capabilities: ['completion', 'tools'], loadMs: 0, tokenMs: 0, ...model };
}

export const digestOf = (name: string): string => createHash('sha256').update(`fake ${name}`).digest('hex');

/** What is in memory and until when; loads happen one at a time. Whether it fits, nobody asks. */
export class Residency {
  /** What it runs on; without one, memory is endless. */
  readonly machine: Machine | null;
  readonly #residents = new Map<string, Resident>();
  #loading: Promise<unknown> = Promise.resolve();

  constructor(machine: Machine | null = null) {
    this.machine = machine;
  }

  /** Brings a model into memory; true when it had to be loaded. Aborted, it leaves nothing. */
  async load(model: FakeModel, options: LoadOptions, signal: AbortSignal): Promise<boolean> {
    const turn = this.#loading.then(() => this.#load(model, options, signal));
    // One that failed makes way for the next like any other.
    const done = (): void => undefined;
    this.#loading = turn.then(done, done);
    return turn;
  }

  async #load(model: FakeModel, options: LoadOptions, signal: AbortSignal): Promise<boolean> {
    const resident = this.#residents.get(model.name);
    if (resident?.options.context === options.context && resident.options.shift === options.shift)
      return false;
    this.#drop(model.name);
    this.#makePlace();
    const { machine } = this;
    machine?.hold(model.name, model.size);
    machine?.work(model.name, 1);
    await pause(machine?.loadMs(model.size) ?? model.loadMs, signal);
    machine?.work(model.name, -1);
    if (signal.aborted) machine?.hold(model.name, 0);
    signal.throwIfAborted();
    this.#residents.set(model.name, {
      model,
      options,
      keepAliveS: DEFAULT_KEEP_ALIVE_S,
      expiresAt: 0,
      busy: 0,
      lastUsed: Date.now(),
      timer: undefined,
    });
    this.#touch(model.name);
    return true;
  }

  /** A request begins on a resident model. */
  enter(name: string, keepAliveS: number | undefined): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.busy += 1;
    clearTimeout(resident.timer);
    this.machine?.work(name, 1);
    if (keepAliveS !== undefined) resident.keepAliveS = keepAliveS;
    resident.expiresAt = Date.now() + resident.keepAliveS * 1000;
  }

  /** It has ended: the time until it goes counts from now. */
  leave(name: string): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.busy -= 1;
    this.machine?.work(name, -1);
    if (resident.busy === 0) this.#touch(name);
  }

  /** Has a model go: at once, or when it has answered; until then it is listed as expired. */
  unload(name: string): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.keepAliveS = 0;
    resident.expiresAt = Date.now();
    if (resident.busy === 0) this.#drop(name);
  }

  /** How many requests a model is answering. */
  busy(name: string): number {
    return this.#residents.get(name)?.busy ?? 0;
  }

  /** What is in memory now. */
  list(): { name: string; context: number; expiresAt: number }[] {
    return [...this.#residents].map(([name, { options, expiresAt }]) => ({
      name,
      context: options.context,
      expiresAt,
    }));
  }

  #touch(name: string): void {
    const resident = this.#residents.get(name);
    if (!resident) return;
    resident.lastUsed = Date.now();
    resident.expiresAt = resident.lastUsed + resident.keepAliveS * 1000;
    clearTimeout(resident.timer);
    if (resident.keepAliveS <= 0) this.#drop(name);
    else if (Number.isFinite(resident.keepAliveS))
      resident.timer = setTimeout(
        () => this.#drop(name),
        Math.min(resident.keepAliveS * 1000, 2 ** 31 - 1),
      ).unref();
  }

  /** Shortest keep_alive first, as Ollama has it; one that answers is never put out. */
  #makePlace(): void {
    const idle = [...this.#residents].filter(([, { busy }]) => busy === 0);
    const [first] = idle.sort(([, a], [, b]) => a.keepAliveS - b.keepAliveS || a.lastUsed - b.lastUsed);
    if (this.#residents.size >= MAX_LOADED && first) this.#drop(first[0]);
  }

  #drop(name: string): void {
    clearTimeout(this.#residents.get(name)?.timer);
    this.#residents.delete(name);
    this.machine?.hold(name, 0);
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
