import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Family, Sample } from './families.ts';

/**
 * Prometheus' own client writes what Toaster has counted, and adds what it knows of the process. It is loaded by whoever
 * asks first, as it takes 30 ms and five megabytes that a start has no use for.
 */

/** One metric with its numbers of this moment. */
export interface Told {
  family: Family;
  samples: Sample[];
}

/** Needs a timer of its own every 10 ms, which is most of what an idle Toaster would do; the lag at the scrape stays. */
const COSTLY = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (of) => `nodejs_eventloop_lag_${of}_seconds`,
);
const SELDOM_MS = 60_000;

/** A registry that has what `read` tells at each scrape. */
export function openRegistry(read: () => Promise<Told[]>): { type: string; text(): Promise<string> } {
  const own = new Registry();
  collectDefaultMetrics({ register: own, eventLoopMonitoringPrecision: SELDOM_MS });
  for (const name of COSTLY) own.removeSingleMetric(name);
  return {
    type: own.contentType,
    async text() {
      const told = new Registry();
      for (const { family, samples } of await read()) new Counted(family, samples, told);
      return `${await told.metrics()}\n${await own.metrics()}`;
    },
  };
}

/** A metric whose numbers are there already, of whichever type. */
class Counted extends Gauge {
  readonly #family: Family;
  readonly #samples: readonly Sample[];

  constructor(family: Family, samples: readonly Sample[], registry: Registry) {
    const { name, help, labels } = family;
    super({ name, help, labelNames: labels, registers: [registry] });
    this.#family = family;
    this.#samples = samples;
  }

  override async get(): ReturnType<Gauge['get']> {
    const { name, type } = this.#family;
    const values = this.#samples.map(({ part = '', labels, value }) => ({
      metricName: `${name}${part}`,
      labels,
      value,
    }));
    // Its types have numbers where its code has words.
    return Object.assign(await super.get(), { type, values });
  }
}
