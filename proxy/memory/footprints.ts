import type { Weights } from '../runtimes/types.ts';

/** A token of context takes about this share of the weights, and in today's models no more than so many bytes. */
const TOKEN_SHARE = 1.5e-5;
const TOKEN_BYTES = 100_000;

/** What weights take in memory, in bytes: measured once they have been there, before that an estimate. */
export class Footprints {
  readonly #measured: Map<string, number>;
  readonly #changed: () => void;

  /** `changed` is called when there is something new to keep. */
  constructor(measured: Record<string, number>, changed: () => void) {
    this.#measured = new Map(Object.entries(measured));
    this.#changed = changed;
  }

  of(weights: Weights): number {
    if (weights.remote) return 0;
    const size = weights.size_gb * 1e9;
    return this.measured(weights) ?? size + weights.context * Math.min(TOKEN_BYTES, size * TOKEN_SHARE);
  }

  /** Null when they have not been in memory yet. */
  measured(weights: Weights): number | null {
    return this.#measured.get(keyOf(weights)) ?? null;
  }

  /** What they were found to take. The largest counts: a cache of prompts grows with use. */
  learn(weights: Weights, bytes: number): void {
    if (bytes <= (this.measured(weights) ?? 0)) return;
    this.#measured.set(keyOf(weights), bytes);
    this.#changed();
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#measured);
  }
}

/** The same file with another context is another size. */
const keyOf = ({ name, file, context }: Weights): string => `${name ?? file}@${context}`;
