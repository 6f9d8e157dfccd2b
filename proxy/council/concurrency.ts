/** A runtime may be started anew with other settings. */
const BELIEVED_MS = 3_600_000;

/**
 * Which weights answer several requests at once. No runtime tells (Ollama's OLLAMA_NUM_PARALLEL is its own secret), so it
 * is seen: did the second answer begin before the first had ended? What was seen is believed for an hour.
 */
export class Concurrency {
  readonly #seen = new Map<string, { atOnce: boolean; at: number }>();
  readonly #now: () => number;

  /** `now`: monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null: not known, or not any more. */
  of(weights: string): boolean | null {
    const seen = this.#seen.get(weights);
    return seen && this.#now() - seen.at < BELIEVED_MS ? seen.atOnce : null;
  }

  saw(weights: string, atOnce: boolean): void {
    this.#seen.set(weights, { atOnce, at: this.#now() });
  }
}

/** When an answer was being written, in ms on one clock. */
export interface Span {
  from: number;
  to: number;
}

/** The most answers that were being written at the same moment. */
export function mostAtOnce(spans: readonly Span[]): number {
  // The most are at work at some answer's beginning.
  return spans.reduce(
    (most, { from }) => Math.max(most, spans.filter((other) => other.from <= from && from < other.to).length),
    0,
  );
}
