import { statusOf } from '../memory/status.ts';
import type { Service } from '../service.ts';
import { machineSamples } from './machine.ts';
import type { openRegistry, Told } from './registry.ts';
import { RequestMetrics } from './request-metrics.ts';

/** What `GET /metrics` tells. It counts from the start; all else happens when somebody asks. */
export class Metrics {
  readonly #service: Service;
  readonly #requests = new RequestMetrics();
  #registry: Promise<ReturnType<typeof openRegistry>> | null = null;

  constructor(service: Service) {
    this.#service = service;
    service.ended.add((ended) => this.#requests.count(ended));
  }

  /** In Prometheus' text format, with its media type. */
  async tell(): Promise<{ type: string; text: string }> {
    this.#registry ??= import('./registry.ts').then(({ openRegistry }) => openRegistry(() => this.#read()));
    const registry = await this.#registry;
    return { type: registry.type, text: await registry.text() };
  }

  async #read(): Promise<Told[]> {
    const { memory, live, clock } = this.#service.parts;
    const status = await statusOf(memory, live.current.config, clock.wall());
    const machine = machineSamples(status, memory).map(([family, samples]) => ({ family, samples }));
    const counted = this.#requests.all.map((one) => ({ family: one.family, samples: one.samples() }));
    return [...counted, ...machine];
  }
}
