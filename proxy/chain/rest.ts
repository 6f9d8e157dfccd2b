const FAILURES = 3;
const REST_MS = 30_000;

interface Health {
  failures: number;
  /** On the clock given to `Rest`, in ms; 0 when not resting. */
  until: number;
  /** One request is trying whether the link is well again. */
  trial: boolean;
}

/** Remembers which links failed three times in a row, and lets them rest for 30 s. */
export class Rest {
  readonly #health = new Map<string, Health>();
  readonly #now: () => number;

  /** `now` is a monotonic clock in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * 0 when the link may be tried now, else the seconds that it should still be left alone. After a rest one request
   * is let through to try; until that has ended, the others go on to the next link.
   */
  admit(model: string): number {
    const left = this.left(model);
    if (left > 0) return left;
    const health = this.#health.get(model);
    if (!health || health.until === 0) return 0;
    if (health.trial) return 1;
    health.trial = true;
    return 0;
  }

  /** For how many seconds the link should still be left alone. */
  left(model: string): number {
    return Math.max(0, (this.#health.get(model)?.until ?? 0) - this.#now()) / 1000;
  }

  /** The link answered. */
  succeeded(model: string): void {
    this.#health.delete(model);
  }

  /** The link failed in a way that tells about its health. */
  failed(model: string): void {
    const health = this.#health.get(model) ?? { failures: 0, until: 0, trial: false };
    health.failures += 1;
    health.trial = false;
    if (health.failures >= FAILURES) health.until = this.#now() + REST_MS;
    this.#health.set(model, health);
  }

  /** The attempt ended without telling anything: the client went away, or the request was at fault. */
  undecided(model: string): void {
    const health = this.#health.get(model);
    if (health) health.trial = false;
  }
}
