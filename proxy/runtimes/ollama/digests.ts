import { z } from 'zod';
import type { OllamaHttp } from './http.ts';

const FRESH_MS = 30_000;
const ASK_LIMIT_S = 2;

const tagsAnswer = z.object({ models: z.array(z.object({ name: z.string(), digest: z.string() })) });

/** The digests of Ollama's models: asked once, then refreshed behind the caller's back when older than 30 s. */
export class Digests {
  readonly #http: OllamaHttp;
  readonly #now: () => number;
  #known: ReadonlyMap<string, string> = new Map();
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  /** `now` is a monotonic clock in ms. */
  constructor(http: OllamaHttp, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  /** The digest of a model, or null when Ollama does not answer or does not have it. */
  async of(name: string): Promise<string | null> {
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
        this.#known = new Map(tagsAnswer.parse(answer).models.map(({ name, digest }) => [name, digest]));
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
