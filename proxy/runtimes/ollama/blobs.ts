import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import type { OllamaHttp } from './http.ts';

const ASK_LIMIT_S = 1;
const showAnswer = z.object({ modelfile: z.string().optional() });

/**
 * The file that holds a model's weights, such as `sha256-1d96…`: the process that has them in memory names it on its
 * command line, and `/api/ps` does not. Asked once for each model, and again while Ollama is too busy to say.
 */
export class Blobs {
  readonly #http: OllamaHttp;
  readonly #warn: (message: string) => void;
  readonly #known = new Map<string, string | null>();
  readonly #warned = new Set<string>();

  constructor(http: OllamaHttp, warn: (message: string) => void) {
    this.#http = http;
    this.#warn = warn;
  }

  /** Null when Ollama does not tell. */
  async of(name: string, digest: string): Promise<string | null> {
    const key = `${name}@${digest}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    try {
      const answer = await this.#http.postJson('/api/show', { model: name }, ASK_LIMIT_S);
      const blob =
        /^FROM .*(sha256-[0-9a-f]+)\s*$/m.exec(showAnswer.parse(answer).modelfile ?? '')?.[1] ?? null;
      this.#known.set(key, blob);
      return blob;
    } catch (error) {
      if (!this.#warned.has(key))
        this.#warn(
          `the memory of ${name} cannot be measured for now, Ollama's own figure counts (${messageOf(error)})`,
        );
      this.#warned.add(key);
      return null;
    }
  }
}
