import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FakeTimers from '@sinonjs/fake-timers';
import { buildCatalog } from '../../proxy/chain/catalog.ts';
import { Rest } from '../../proxy/chain/rest.ts';
import { systemClock as clock } from '../../proxy/clock.ts';
import { knownWeights } from '../../proxy/config/links.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import type { Config } from '../../proxy/config/schema.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { Concurrency } from '../../proxy/council/concurrency.ts';
import { type Memory, openMemory } from '../../proxy/memory/memory.ts';
import { NO_COUNTERS } from '../../proxy/memory/reading.ts';
import { Warmth } from '../../proxy/memory/warmth.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { ReceiptBuilder } from '../../proxy/telemetry/receipt.ts';
import { Machine } from '../fake-ollama/machine.ts';
import { fakeModel, Residency } from '../fake-ollama/models.ts';
import { chatRequest } from '../helpers/requests.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { EVICTIONS, HEAVY, HOUR_S, type Planned, traffic } from './traffic.ts';

const GIB = 2 ** 30;
const NINE = 'qwen3.5:9b';
const MODELS = [
  { name: NINE, size: 6.6e9, tokenMs: 40 },
  { name: 'gemma3:4b', size: 3.3e9, tokenMs: 25 },
  { name: 'llama3.2:3b', size: 2e9, tokenMs: 20 },
  { name: 'llama3.2:1b', size: 1.3e9, tokenMs: 12 },
  { name: 'qwen2.5:0.5b', size: 0.5e9, tokenMs: 8 },
  { name: 'qwen3-coder:30b', size: 18.6e9, tokenMs: 50 },
  { name: 'embeddinggemma:300m', size: 0.6e9, tokenMs: 5 },
].map(fakeModel);

/** `without`: Ollama alone decides what is in memory. `demote`: with planning, and `on_tight: demote`. */
export type Column = 'without' | 'with' | 'demote';
export const COLUMNS: readonly Column[] = ['without', 'with', 'demote'];

/** How an hour went. Times are seconds. */
export interface Outcome {
  requests: number;
  answered: number;
  demoted: number;
  /** Without an answer, or with one that broke off. */
  lost: number;
  thrashing: number;
  /** Of that, while nobody waited for an answer of the heavy model. */
  thrashingOutside: number;
  /** Of requests to the 9B. */
  p50: number;
  p95: number;
  /** For each heavy answer, how long after it the 9B was warm again; null when it was not before the end. */
  rewarmed: (number | null)[];
}

/** Plays the hour on a made-up clock. It takes the global timers for that time, so nothing else may run beside it. */
export async function simulate(column: Column): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  const timers = FakeTimers.install({
    now: 1_760_000_000_000,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const hour = new Hour(column, folder);
  try {
    let over = false;
    const playing = hour.play().finally(() => {
      over = true;
    });
    while (!over) {
      // Everything that follows from the last timer has happened once the event loop has come round.
      for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
      if (!over) timers.next();
    }
    return await playing;
  } finally {
    hour.close();
    timers.uninstall();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  receipt: Receipt;
  from: number;
  to: number;
}

class Hour {
  readonly #column: Column;
  readonly #machine = new Machine({ total: 24 * GIB, taken: 13 * GIB });
  readonly #residency = new Residency(this.#machine);
  readonly #memory: Memory;
  readonly #warmth: Warmth | null;
  readonly #catalog: ReturnType<typeof buildCatalog>;
  readonly #rewarmed: (number | null)[] = [];

  constructor(column: Column, folder: string) {
    this.#column = column;
    const onTight = column === 'demote' ? 'demote' : 'load';
    const config = parseConfig(
      `weights: { qwen-0.5b: { runtime: ollama, name: "qwen2.5:0.5b", size_gb: 0.5, context: 8192 } }
models: { ${HEAVY}: { on_tight: ${onTight} } }`,
      'simulation',
    );
    this.#memory = this.#openMemory(folder, config);
    const { ledger, probe, room, turns } = this.#memory;
    const runtimes = new Map([['ollama', new FakeRuntime(this.#residency, MODELS)]]);
    ledger.follow(runtimes, knownWeights(config));
    const thrash = () => ({ swapouts: 2000, seconds: 30 });
    this.#catalog = buildCatalog(config, {
      ledger,
      probe,
      room,
      turns,
      thrash,
      runtimes,
      rest: new Rest(clock.now),
      concurrency: new Concurrency(clock.now),
      now: clock.now,
    });
    this.#warmth = column === 'without' ? null : new Warmth(this.#memory, () => undefined);
    this.#warmth?.pin('fast-9b', true);
  }

  async play(): Promise<Outcome> {
    for (const at of EVICTIONS) setTimeout(() => this.#residency.unload(NINE), at * 1000);
    const ended = await Promise.all(traffic().map((planned) => this.#ask(planned)));
    return this.#outcome(ended);
  }

  close(): void {
    this.#warmth?.close();
    this.#memory.probe.close();
    this.#memory.history.close();
  }

  #openMemory(folder: string, config: Config): Memory {
    const machine = this.#machine;
    return openMemory({
      stateFile: join(folder, 'state.json'),
      historyFile: join(folder, 'history.db'),
      clock,
      warn: () => undefined,
      config: () => config,
      machine: {
        read: async () => ({
          total: machine.total,
          available: machine.available,
          swapUsed: null,
          kernelLevel: null,
          stalled: null,
          counters: { ...NO_COUNTERS, swapouts: machine.swapouts },
        }),
        processes: async () => [
          { pid: 1, parent: 0, name: 'ollama', command: 'ollama serve', rss: 60e6 + machine.models },
        ],
      },
    });
  }

  async #ask({ at, model, tokens }: Planned): Promise<Ended> {
    await new Promise((resolve) => setTimeout(resolve, at * 1000));
    const from = Date.now();
    const receipt = new ReceiptBuilder(`${model} at ${at}`, 'api', clock);
    receipt.asked(model, { hash: '', chars: 0 });
    const room = this.#column === 'without' ? 'off' : 'plan';
    const events = this.#catalog
      .get(model)
      ?.complete(chatRequest('x', { model, maxTokens: tokens, room }), new AbortController().signal);
    for await (const event of events ?? []) receipt.add(event);
    const to = Date.now();
    if (model === HEAVY) void this.#watchRewarming(to);
    return { receipt: receipt.receipt(), from, to };
  }

  async #watchRewarming(since: number): Promise<void> {
    const index = this.#rewarmed.push(null) - 1;
    while (Date.now() < since + HOUR_S * 1000) {
      if (this.#residency.list().some(({ name }) => name === NINE)) {
        this.#rewarmed[index] = (Date.now() - since) / 1000;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  #outcome(ended: Ended[]): Outcome {
    const answered = ended.filter(({ receipt }) => receipt.exit_code === 0);
    const nine = answered
      .filter(({ receipt }) => receipt.model === 'fast-9b')
      .map(({ receipt }) => receipt.latency_s);
    const heavy = ended.filter(({ receipt }) => receipt.model === HEAVY);
    const thrashing = this.#machine.thrashSeconds;
    const outside = this.#machine.thrashing.filter(
      (one) => !heavy.some(({ from, to }) => one.from >= from && one.to <= to),
    );
    return {
      requests: ended.length,
      answered: answered.length,
      demoted: answered.filter(({ receipt }) => receipt.demoted).length,
      lost: ended.length - answered.length,
      thrashing,
      thrashingOutside: outside.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0),
      p50: percentile(nine, 0.5),
      p95: percentile(nine, 0.95),
      rewarmed: this.#rewarmed,
    };
  }
}
