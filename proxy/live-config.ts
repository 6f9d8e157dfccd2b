import { buildCatalog, type CatalogModel } from './chain/catalog.ts';
import { Rest } from './chain/rest.ts';
import { durationSeconds } from './config/duration.ts';
import { knownWeights } from './config/links.ts';
import { loadConfig } from './config/load.ts';
import type { Config, RuntimeConfig } from './config/schema.ts';
import { Concurrency } from './council/concurrency.ts';
import { Listeners } from './listeners.ts';
import { defaultSwapouts, type ThrashLimit } from './memory/thrash-watch.ts';
import type { RoomTools } from './memory/with-room.ts';
import { openRuntime } from './runtimes/registry.ts';
import type { OpenedRuntime, Runtime, RuntimeTools } from './runtimes/types.ts';

/** The config in force and what was made of it. Replaced as a whole, so a request sees one state of it. */
export interface Live {
  config: Config;
  catalog: ReadonlyMap<string, CatalogModel>;
  /** By their keys in the config. */
  runtimes: ReadonlyMap<string, OpenedRuntime>;
  /** The swapping that ends a load which exceeds what is free. */
  thrash: ThrashLimit;
}

/** Memory's books, shared by all configs that come one after the other. */
export type MemoryTools = Omit<RoomTools, 'thrash'>;

interface Entry {
  config: RuntimeConfig;
  runtime: OpenedRuntime;
}

/** Keeps the config and everything composed from it, through reloads. */
export class LiveConfig {
  /** Hear of each config that was read anew. */
  readonly reloaded = new Listeners<[Config]>();
  readonly #file: string;
  readonly #tools: RuntimeTools;
  readonly #memory: MemoryTools;
  readonly #rest: Rest;
  readonly #concurrency: Concurrency;
  readonly #now = () => performance.now();
  #runtimes = new Map<string, Entry>();
  #retired: Runtime[] = [];
  #inFlight = 0;
  #live: Live;

  /** Reads `file`; throws `ConfigError` when it cannot be used. */
  constructor(file: string, tools: RuntimeTools, memory: MemoryTools) {
    this.#file = file;
    this.#tools = tools;
    this.#memory = memory;
    this.#rest = new Rest(this.#now);
    this.#concurrency = new Concurrency(this.#now);
    this.#live = this.#compose(loadConfig(file));
  }

  get current(): Live {
    return this.#live;
  }

  /** Reads the file again. Throws `ConfigError`, and then the old config stays in force. */
  reload(): Config {
    const config = loadConfig(this.#file);
    this.#live = this.#compose(config);
    this.reloaded.tell(config);
    return config;
  }

  /** A request begins; the returned function ends it. Runtimes that a reload took out live until the last one ended. */
  enter(): () => void {
    this.#inFlight += 1;
    return () => {
      this.#inFlight -= 1;
      this.#closeRetired();
    };
  }

  /** The machine has slept: see `Runtime.renew`. */
  renew(): void {
    for (const { runtime } of this.#runtimes.values()) runtime.renew?.();
  }

  async close(): Promise<void> {
    const open = [...this.#runtimes.values()].map(({ runtime }) => runtime);
    await Promise.all([...open, ...this.#retired].map((runtime) => runtime.close()));
  }

  #compose(config: Config): Live {
    const runtimes = new Map<string, Entry>();
    for (const [id, runtimeConfig] of Object.entries(config.runtimes)) {
      const old = this.#runtimes.get(id);
      const kept = old && JSON.stringify(old.config) === JSON.stringify(runtimeConfig);
      if (kept) old.runtime.reloaded?.();
      runtimes.set(
        id,
        kept ? old : { config: runtimeConfig, runtime: openRuntime(runtimeConfig, this.#tools) },
      );
    }
    const kept = new Set([...runtimes.values()].map(({ runtime }) => runtime));
    this.#retired.push(
      ...[...this.#runtimes.values()].map(({ runtime }) => runtime).filter((runtime) => !kept.has(runtime)),
    );
    this.#runtimes = runtimes;
    this.#closeRetired();
    const byId = new Map([...runtimes].map(([id, { runtime }]) => [id, runtime]));
    this.#memory.ledger.follow(byId, knownWeights(config));
    const { swapouts = defaultSwapouts(process.platform), for: time } = config.memory.thrash;
    const thrash = { swapouts, seconds: durationSeconds(time) };
    const tools = {
      ...this.#memory,
      thrash: () => thrash,
      runtimes: byId,
      rest: this.#rest,
      concurrency: this.#concurrency,
      now: this.#now,
    };
    return { config, catalog: buildCatalog(config, tools), runtimes: byId, thrash };
  }

  #closeRetired(): void {
    if (this.#inFlight > 0) return;
    for (const runtime of this.#retired.splice(0))
      runtime.close().catch((error: unknown) => this.#tools.warn(`A runtime did not close: ${error}`));
  }
}
