import * as z from 'zod';
import { LinkFailure } from '../../errors.ts';
import type { Link, Resident } from '../types.ts';
import type { OpenaiHttp } from './http.ts';
import { jsonOf, listModels } from './models.ts';

const LIMIT_S = 2;
const UNLOAD_LIMIT_MS = 30_000;
const LOOK_MS = 100;

/** Engines that hold whatever they list, for as long as they run. */
const HOLDS_ALL = ['llamacpp', 'vllm', 'sglang'];

interface Held {
  name: string;
  /** Further names for the same. */
  aliases?: string[];
  loading: boolean;
}

/** How one sort of server tells what it has in memory, and how it lets go of it. */
interface Way {
  /** Null: it is not such a server. Throws `LinkFailure` when it does not answer. */
  held(http: OpenaiHttp): Promise<Held[] | null>;
  /** Left out: it cannot be told to. */
  unload?(name: string): { path: string; body: object };
}

const running = z.object({ running: z.array(z.object({ model: z.string(), state: z.string() })) });
/** llama-swap. Source: its README. */
const llamaSwap: Way = {
  async held(http) {
    const { status, text } = await http.get('/running', LIMIT_S, true);
    const parsed = status === 200 ? running.safeParse(jsonOf(text)) : null;
    return (
      parsed?.data?.running.map(({ model, state }) => ({ name: model, loading: state !== 'ready' })) ?? null
    );
  },
  unload: (name) => ({ path: `/api/models/unload/${encodeURIComponent(name)}`, body: {} }),
};

const states = z.object({
  data: z.array(z.object({ id: z.string(), state: z.enum(['loaded', 'not-loaded']) })),
});
/** LM Studio, which lets go by its own time to live. Source: its REST API v0. */
const lmStudio: Way = {
  async held(http) {
    const { status, text } = await http.get('/api/v0/models', LIMIT_S, true);
    const parsed = status === 200 ? states.safeParse(jsonOf(text)) : null;
    if (!parsed?.success) return null;
    return parsed.data.data.flatMap(({ id, state }) =>
      state === 'loaded' ? { name: id, loading: false } : [],
    );
  },
};

/** llama-server that loads what it is asked for. Source: its README, "router mode". */
const llamaRouter: Way = {
  async held(http) {
    const models = await listModels(http);
    if (!models.some(({ status }) => status)) return null;
    return models.flatMap(({ id, status }) =>
      status?.value === 'loaded' || status?.value === 'loading'
        ? { name: id, loading: status.value === 'loading' }
        : [],
    );
  },
  unload: (name) => ({ path: '/models/unload', body: { model: name } }),
};

/** llama-server with one model, vLLM and SGLang. */
const holder: Way = {
  async held(http) {
    const models = await listModels(http);
    if (!models.every(({ owned_by }) => HOLDS_ALL.includes(owned_by ?? ''))) return null;
    return models.map(({ id, aliases }) => ({ name: id, aliases: aliases ?? [], loading: false }));
  },
};

/** It tells nothing of the sort. */
const silent: Way = { held: async () => [] };

/** What a server of this machine has in memory: as it says, and what has answered lately. */
export class Residency {
  readonly #http: OpenaiHttp;
  #way: Way | null = null;
  /** Until when a model that has answered is taken to be there, in seconds since 1970. */
  readonly #until = new Map<string, number>();

  constructor(http: OpenaiHttp) {
    this.#http = http;
  }

  /** Another server may stand there now. */
  forget(): void {
    this.#way = null;
  }

  /** A model has answered, so it is in memory: for how long, only servers know that tell. */
  answered({ weights: { name = '' }, keepAliveS }: Link): void {
    this.#until.set(name, Date.now() / 1000 + keepAliveS);
  }

  /** Throws `LinkFailure` when the server does not answer. */
  async residents(): Promise<Resident[]> {
    const way = await this.#find();
    const held = (await way.held(this.#http)) ?? [];
    const fixed = way.unload ? {} : { fixed: true as const };
    const told = held.map(({ name, aliases = [], loading }) => {
      // The name by which it is asked is the one that the config has.
      const asked = aliases.find((alias) => this.#until.has(alias)) ?? name;
      return { ...resident(asked, null), loading, ...fixed };
    });
    if (way !== silent) return told;
    const now = Date.now() / 1000;
    const lately = [...this.#until].filter(([, until]) => until > now);
    return [...told, ...lately.map(([name, until]) => ({ ...resident(name, until), ...fixed }))];
  }

  /** Throws `LinkFailure` when the server cannot, or does not. */
  async unload(name: string): Promise<void> {
    const way = await this.#find();
    if (!way.unload)
      throw new LinkFailure(
        'no_room',
        `the server at ${this.#http.host} cannot be told to let go of ${name}; it goes when that server does`,
        { counts: false },
      );
    const { path, body } = way.unload(name);
    const response = await this.#http.send({
      method: 'POST',
      path,
      fromRoot: true,
      body: JSON.stringify(body),
      connectS: LIMIT_S,
      signal: AbortSignal.timeout(UNLOAD_LIMIT_MS),
    });
    await this.#http.read(response);
    if ((response.statusCode ?? 0) >= 300)
      throw new LinkFailure('http_5xx', `${this.#http.host} said ${response.statusCode} to ${path}`);
    const until = performance.now() + UNLOAD_LIMIT_MS;
    while ((await way.held(this.#http))?.some((one) => one.name === name)) {
      if (performance.now() > until)
        throw new LinkFailure('timeout', `${this.#http.host} does not let go of ${name}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Which sort of server it is. Found out once: what stands at an address seldom changes. */
  async #find(): Promise<Way> {
    if (this.#way) return this.#way;
    const ways = [llamaSwap, lmStudio, llamaRouter, holder];
    // All at once, since a request waits for it. A path that is not known there, or a list that is none, is an answer, too.
    const held = await Promise.all(
      ways.map((way) =>
        way.held(this.#http).catch((error: unknown) => {
          if (error instanceof LinkFailure && error.reason === 'http_5xx') return null;
          throw error;
        }),
      ),
    );
    this.#way = ways.find((_, index) => held[index] !== null) ?? silent;
    return this.#way;
  }
}

const resident = (key: string, expiresAt: number | null): Resident => ({
  key,
  size: null,
  context: 0,
  expiresAt,
  process: null,
  loading: false,
});
