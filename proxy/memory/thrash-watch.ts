import type { MemoryProbe } from './probe.ts';

/** Sustained swapping that ends a load which exceeds what is free. */
export interface ThrashLimit {
  /** Pages per second. */
  swapouts: number;
  seconds: number;
}

/** Pages a second that make some 32 MB/s: a Mac's page has 16 kB, Linux' mostly 4. Chosen, not measured. */
export const defaultSwapouts = (platform: NodeJS.Platform): number => (platform === 'darwin' ? 2000 : 8000);

/** Watches over a load and the wait for its first token; after that nothing is taken away. */
export class ThrashWatch {
  readonly #probe: MemoryProbe;
  readonly #limit: ThrashLimit;
  readonly #gaveUp = new AbortController();
  #unlisten: () => void = () => undefined;
  #watching = false;

  constructor(probe: MemoryProbe, limit: ThrashLimit) {
    this.#probe = probe;
    this.#limit = limit;
  }

  /** Aborted once the machine has swapped for too long. */
  get signal(): AbortSignal {
    return this.#gaveUp.signal;
  }

  /** The signal for an attempt that ends with the client's, and with the patience of this. */
  over(signal: AbortSignal): AbortSignal {
    return this.#watching ? AbortSignal.any([signal, this.signal]) : signal;
  }

  start(): void {
    const { swapouts, seconds } = this.#limit;
    let since: number | null = null;
    this.#watching = true;
    this.#unlisten = this.#probe.listen(({ ts, rates }) => {
      since = (rates.swapouts ?? 0) < swapouts ? null : (since ?? ts);
      if (since !== null && ts - since >= seconds) this.#gaveUp.abort();
    });
  }

  stop(): void {
    this.#unlisten();
  }
}
