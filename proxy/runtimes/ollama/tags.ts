import * as z from 'zod';
import type { About } from '../types.ts';
import { Capabilities } from './capabilities.ts';
import type { OllamaHttp } from './http.ts';

const FRESH_MS = 30_000;
const ASK_LIMIT_S = 2;

const tag = z.object({
  name: z.string(),
  digest: z.string(),
  size: z.number().optional(),
  modified_at: z.string().optional(),
  details: z.record(z.string(), z.json()).optional(),
});
type Tag = z.output<typeof tag>;
const tagsAnswer = z.object({ models: z.array(tag) });

/** What Ollama has on its disk: asked once, then refreshed behind the caller's back when older than 30 s. */
export class Tags {
  readonly #http: OllamaHttp;
  readonly #capabilities: Capabilities;
  readonly #now: () => number;
  #known: ReadonlyMap<string, Tag> = new Map();
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  /** `now` is a monotonic clock in ms. */
  constructor(http: OllamaHttp, now: () => number) {
    this.#http = http;
    this.#capabilities = new Capabilities(http);
    this.#now = now;
  }

  /** The digest of a model, or null when Ollama does not answer or does not have it. */
  async digestOf(name: string): Promise<string | null> {
    return (await this.#of(name))?.digest ?? null;
  }

  /** What is told of a model, likewise; `fresh`: as it is told now. */
  async about(name: string, fresh = false): Promise<About | null> {
    if (fresh) {
      this.#refresh();
      await this.#asking;
    }
    const known = await this.#of(name);
    if (!known) return null;
    return {
      size: known.size ?? 0,
      modifiedAt: known.modified_at ?? new Date(0).toISOString(),
      details: known.details ?? {},
      capabilities: await this.#capabilities.of(name, known.digest),
    };
  }

  async #of(name: string): Promise<Tag | null> {
    const full = name.includes(':') ? name : `${name}:latest`;
    if (this.#now() - this.#asked > FRESH_MS) this.#refresh();
    if (!this.#known.has(full)) await this.#asking;
    return this.#known.get(full) ?? null;
  }

  #refresh(): void {
    if (this.#asking) return;
    this.#asked = this.#now();
    this.#asking = this.#http
      .getJson('/api/tags', ASK_LIMIT_S)
      .then((answer) => {
        this.#known = new Map(tagsAnswer.parse(answer).models.map((one) => [one.name, one]));
      })
      // What was known stays in use, and the next caller asks again: without Ollama nothing new can be cached anyway.
      .catch(() => {
        this.#asked = Number.NEGATIVE_INFINITY;
      })
      .finally(() => {
        this.#asking = undefined;
      });
  }
}
