import { z } from 'zod';
import type { Load } from '../../chat/types.ts';
import type { OllamaHttp } from './http.ts';

/** A warm model mostly answers sooner than this, so a warm request asks nothing. */
const ASK_AFTER_MS = 400;
const ASK_EVERY_MS = 1000;
const ASK_LIMIT_S = 1;

const psAnswer = z.object({ models: z.array(z.object({ name: z.string() })) });

/**
 * Waits for a response and meanwhile tells whether the weights are being loaded: Ollama lists a model in `/api/ps`
 * only once it is in memory. The generator's return value is the response.
 */
export async function* tellLoading<T>(
  http: OllamaHttp,
  name: string,
  response: Promise<T>,
): AsyncGenerator<Load, T> {
  let loading = false;
  let waitMs = ASK_AFTER_MS;
  while (!(await settles(response, waitMs))) {
    waitMs = ASK_EVERY_MS;
    const resident = await isResident(http, name);
    if (resident === loading) {
      loading = !resident;
      yield { type: 'load', state: loading ? 'loading' : 'loaded' };
    }
  }
  const value = await response;
  if (loading) yield { type: 'load', state: 'loaded' };
  return value;
}

/** Whether the promise settles, either way, within `ms`. */
async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = Promise.withResolvers<false>();
  const timeout = setTimeout(() => timer.resolve(false), ms);
  const settled = () => true as const;
  try {
    return await Promise.race([promise.then(settled, settled), timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}

/** Whether Ollama has the model in memory; true when it does not say, so that no load is claimed. */
async function isResident(http: OllamaHttp, name: string): Promise<boolean> {
  try {
    const { models } = psAnswer.parse(await http.getJson('/api/ps', ASK_LIMIT_S));
    return models.some((model) => model.name === name || model.name === `${name}:latest`);
  } catch {
    // The answer itself will tell whether Ollama is in trouble; this question only feeds a progress line.
    return true;
  }
}
