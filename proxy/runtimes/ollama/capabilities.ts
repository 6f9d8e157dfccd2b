import * as z from 'zod';
import type { OllamaHttp } from './http.ts';

const ASK_LIMIT_S = 1;
const showAnswer = z.object({ capabilities: z.array(z.string()).optional() });

/**
 * What Ollama's models can do, as `/api/show` says: `/api/tags` has such a list, too, and guesses (measured at 0.33: of models
 * made of a GGUF it knows neither that they call tools nor that they make vectors). Asked once for each digest.
 */
export class Capabilities {
  readonly #http: OllamaHttp;
  readonly #known = new Map<string, string[] | null>();

  constructor(http: OllamaHttp) {
    this.#http = http;
  }

  /** Null when Ollama does not tell. */
  async of(name: string, digest: string): Promise<string[] | null> {
    const key = `${name}@${digest}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    try {
      const answer = await this.#http.postJson('/api/show', { model: name }, ASK_LIMIT_S);
      const capabilities = showAnswer.parse(answer).capabilities ?? null;
      this.#known.set(key, capabilities);
      return capabilities;
    } catch {
      // Too busy to say, or gone: whoever asks the next time may hear. Without it, the request itself finds out.
      return null;
    }
  }
}
