import type { MemorySample, Pressure } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { DEFAULT_LIMITS, PressureGauge, type PressureLimits } from './pressure.ts';
import { type MemoryCounters, type MemoryReading, ratesBetween } from './reading.ts';
import { orphanPids, type ProcessFacts, residentMemory } from './resident.ts';

/** Seconds between two samples while a request runs or somebody looks, and otherwise. */
const BUSY_S = 2;
const IDLE_S = 15;
/** A gap this much longer than planned means that the machine slept. */
const SLEPT_S = 60;

export interface ProbeParts {
  read(): Promise<MemoryReading>;
  processes(): Promise<ProcessFacts[] | null>;
  /** Seconds since 1970. */
  wall(): number;
  warn(message: string): void;
  limits?: PressureLimits;
}

/** A moment to measure from. */
export interface MemoryMark {
  counters: MemoryCounters | null;
  at: number | null;
}

type Listener = (sample: MemorySample, change: Pressure | null) => void;

/** Looks at the machine's memory now and then, more often while it matters. */
export class MemoryProbe {
  readonly #parts: ProbeParts;
  readonly #gauge: PressureGauge;
  readonly #listeners = new Set<Listener>();
  readonly #wakeListeners = new Set<() => void>();
  #before: { reading: MemoryReading; ts: number } | null = null;
  #last: MemorySample | null = null;
  #sampling: Promise<MemorySample> | null = null;
  #processes: readonly ProcessFacts[] = [];
  #watchers = 0;
  /** When the next sample is planned, in seconds since 1970. */
  #nextAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #warned = false;
  #closed = false;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
    this.#gauge = new PressureGauge(parts.wall(), parts.limits ?? DEFAULT_LIMITS);
    this.#plan(0);
  }

  /** The newest sample; null before the first. */
  get last(): MemorySample | null {
    return this.#last;
  }

  /** What a process held at the newest sample, in bytes, by its id or a part of its command line; null when it was not there. */
  rss(process: number | string): number | null {
    return this.#processes.find(isProcess(process))?.rss ?? null;
  }

  /** How many there were of a process at the newest sample. */
  running(process: number | string): number {
    return this.#processes.filter(isProcess(process)).length;
  }

  /** The process ids of runners that a dead Ollama left behind, at the newest sample. */
  get orphans(): number[] {
    return orphanPids(this.#processes);
  }

  get pressure(): Pressure {
    return this.#gauge.current;
  }

  /** The counters of now, to be compared later. */
  mark(): MemoryMark {
    return { counters: this.#before?.reading.counters ?? null, at: this.#last?.ts ?? null };
  }

  /** What was swapped and paged out since a mark, in pages; null where no sample has been taken in between. */
  since({ counters, at }: MemoryMark): { swapouts: number | null; pageouts: number | null } {
    const now = this.#before?.reading.counters ?? null;
    if (counters === null || now === null || at === this.#last?.ts) return { swapouts: null, pageouts: null };
    const { swapouts, pageouts } = ratesBetween(counters, now, 1);
    return { swapouts, pageouts };
  }

  /** Calls back with every sample, and with the pressure when it has changed. Returns what ends that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls back after the machine has slept. Returns what ends that. */
  onWake(listener: () => void): () => void {
    this.#wakeListeners.add(listener);
    return () => void this.#wakeListeners.delete(listener);
  }

  /** Somebody looks, or a request runs: samples come more often until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    // A burst of short requests must not make a burst of samples: one is never sooner than two seconds after the last.
    const soon = (this.#last?.ts ?? Number.NEGATIVE_INFINITY) + BUSY_S - this.#parts.wall();
    if (this.#watchers === 1 && this.#nextAt - this.#parts.wall() > soon) this.#plan(Math.max(0, soon));
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.#watchers -= 1;
    };
  }

  /** A sample that is no older than so many seconds. */
  async sample(maxAgeS = 0): Promise<MemorySample> {
    // A clock that was set back makes nothing young.
    if (this.#last && Math.abs(this.#parts.wall() - this.#last.ts) < maxAgeS) return this.#last;
    // One that is being taken may have looked before what the caller wants to see: a load, an unload.
    if (this.#sampling && maxAgeS === 0) await this.#sampling;
    this.#sampling ??= this.#take().finally(() => {
      this.#sampling = null;
    });
    return this.#sampling;
  }

  /**
   * The machine has slept, by its own word: what the counters did meanwhile is nobody's, the listeners hear of it, and a
   * new sample is taken. A gap between samples tells the same where nobody does.
   */
  woke(): void {
    this.#before = null;
    this.#plan(0);
    for (const listener of this.#wakeListeners) listener();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(seconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#nextAt = this.#parts.wall() + seconds;
    this.#timer = setTimeout(() => void this.#tick(), seconds * 1000).unref();
  }

  async #tick(): Promise<void> {
    try {
      await this.sample();
      this.#warned = false;
    } catch (error) {
      if (!this.#warned) this.#parts.warn(`memory cannot be measured (${messageOf(error)})`);
      this.#warned = true;
    }
    this.#plan(this.#watchers > 0 ? BUSY_S : IDLE_S);
  }

  async #take(): Promise<MemorySample> {
    const { read, processes, wall } = this.#parts;
    const [reading, list] = await Promise.all([read(), processes()]);
    const ts = wall();
    const { total, available, swapUsed, kernelLevel, stalled } = reading;
    const resident = residentMemory(list, process.pid);
    const slept = this.#before !== null && Math.abs(ts - this.#before.ts) > SLEPT_S;
    // After a sleep the counters' difference lies in a time that nobody saw.
    const from = this.#before === null || slept ? { reading, ts } : this.#before;
    const rates = ratesBetween(from.reading.counters, reading.counters, ts - from.ts);
    const sample = {
      ts,
      total,
      available,
      swap_used: swapUsed,
      kernel_level: kernelLevel,
      stalled,
      rates,
      resident,
    };
    const change = this.#gauge.take(sample, culprit(this.#last, sample));
    this.#before = { reading, ts };
    this.#processes = list ?? [];
    this.#last = sample;
    for (const listener of this.#listeners) listener(sample, change);
    if (slept) for (const listener of this.#wakeListeners) listener();
    return sample;
  }
}

const isProcess =
  (process: number | string) =>
  ({ pid, command }: ProcessFacts): boolean =>
    typeof process === 'number' ? pid === process : command.includes(process);

const GROWN = 256 * 1024 * 1024;

/** Who grew most since the last sample, when it is much. */
function culprit(before: MemorySample | null, now: MemorySample): string | null {
  if (before === null) return null;
  const names = {
    ollama: 'Ollama',
    llamacpp: 'llama.cpp',
    toaster: 'Toaster',
    orphans: 'an orphaned runner',
  };
  const grown = Object.entries(names).map(([key, name]): [string, number] => {
    const who = key as keyof typeof names;
    return [name, (now.resident[who] ?? 0) - (before.resident[who] ?? 0)];
  });
  const [name, bytes] = grown.reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0]);
  return bytes > GROWN ? `${name} grew by ${(bytes / 1e9).toFixed(1)} GB` : null;
}
