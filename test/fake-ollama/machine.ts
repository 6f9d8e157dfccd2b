/** A time in which more was in memory than there is, and what was at work then. Milliseconds since 1970. */
export interface Thrashing {
  from: number;
  to: number;
  active: string[];
}

const PAGE = 16_384;
/** What a notebook's disk reads and writes, in bytes per second. Rough: only the proportions matter. */
const READS = 2e9;
const WRITES = 5e8;

/** The machine that a fake Ollama runs on: how much memory it has, and what happens when that is not enough. */
export class Machine {
  readonly total: number;
  /** Bytes of everything that is no model. */
  readonly taken: number;
  readonly thrashing: Thrashing[] = [];
  readonly #held = new Map<string, number>();
  readonly #active = new Map<string, number>();
  #swapouts = 0;
  /** Bytes that have been written out and are not needed for now. */
  #swapped = 0;
  #at = Date.now();

  constructor({ total, taken }: { total: number; taken: number }) {
    this.total = total;
    this.taken = taken;
  }

  /** Bytes that are free. */
  get available(): number {
    return Math.max(0, this.total - this.taken - this.models);
  }

  /** Bytes that models hold. */
  get models(): number {
    return [...this.#held.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Pages that have been swapped out so far. */
  get swapouts(): number {
    this.#account();
    return Math.round(this.#swapouts / PAGE);
  }

  /** Seconds in which it had too little and was at work. */
  get thrashSeconds(): number {
    this.#account();
    return this.thrashing.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
  }

  /** How many times slower work is than with enough memory. */
  get slowdown(): number {
    return 1 + this.#over / 1e9;
  }

  /** How long it takes to read so much from the disk, in ms. */
  loadMs(bytes: number): number {
    return (bytes / READS) * 1000 * (this.#over > 0 ? 2 : 1);
  }

  /** A model takes memory; 0 gives it back. */
  hold(name: string, bytes: number): void {
    this.#account();
    if (bytes > 0) this.#held.set(name, bytes);
    else this.#held.delete(name);
    this.#swapped = Math.min(this.#swapped, this.#over);
  }

  /** A model begins (1) or ends (-1) to work. */
  work(name: string, change: 1 | -1): void {
    this.#account();
    const count = (this.#active.get(name) ?? 0) + change;
    if (count > 0) this.#active.set(name, count);
    else this.#active.delete(name);
  }

  get #over(): number {
    return Math.max(0, this.taken + this.models - this.total);
  }

  /** Brings the books up to now. */
  #account(): void {
    const [from, to] = [this.#at, Date.now()];
    this.#at = to;
    if (to <= from || this.#over === 0 || this.#active.size === 0) return;
    this.thrashing.push({ from, to, active: [...this.#active.keys()] });
    // First what others have is written out at the disk's speed; once it is out, pages go back and forth more slowly.
    const seconds = (to - from) / 1000;
    const out = Math.min(this.#over - this.#swapped, seconds * WRITES);
    this.#swapped += out;
    this.#swapouts += out + (seconds - out / WRITES) * Math.min(WRITES / 50, this.#over / 1000);
  }
}
