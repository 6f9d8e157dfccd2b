import * as z from 'zod';
import type { Load } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';
import { settles } from '../../settles.ts';
import type { Link, Resident } from '../types.ts';
import type { Blobs } from './blobs.ts';
import { embedBody } from './embed-body.ts';
import { type Asked, failureOf } from './failures.ts';
import { type OllamaHttp, readText } from './http.ts';
import { keepAliveOf } from './link-options.ts';

/** A warm model mostly answers sooner than this, so a warm request asks nothing. */
const ASK_AFTER_MS = 400;
const ASK_EVERY_MS = 1000;
const ASK_LIMIT_S = 1;
const UNLOAD_LIMIT_MS = 30_000;
const UNLOAD_LOOK_MS = 50;

const psAnswer = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      digest: z.string().optional(),
      size: z.number().optional(),
      context_length: z.number().optional(),
      expires_at: z.string().optional(),
    }),
  ),
});
/** Later than this is how Ollama writes "never". */
const NEVER_S = Date.UTC(2200, 0) / 1000;

type Loaded = z.infer<typeof psAnswer>['models'][number];

async function listLoaded(http: OllamaHttp): Promise<Loaded[]> {
  return psAnswer.parse(await http.getJson('/api/ps', ASK_LIMIT_S)).models;
}

/** What Ollama has in memory, as it says. `blobs` knows the files of its models. */
export async function listResidents(http: OllamaHttp, blobs: Blobs): Promise<Resident[]> {
  const models = await listLoaded(http);
  return Promise.all(
    models.map(async ({ name, digest, size, context_length, expires_at }) => {
      const expires = Date.parse(expires_at ?? '') / 1000;
      return {
        key: name,
        size: size ?? null,
        context: context_length ?? 0,
        expiresAt: Number.isNaN(expires) ? null : expires > NEVER_S ? Number.POSITIVE_INFINITY : expires,
        process: await blobs.of(name, digest ?? ''),
        loading: false,
      };
    }),
  );
}

/** Loads without asking anything. Goes on until it is done: a client that leaves would abort it. */
export async function load(http: OllamaHttp, link: Link, signal: AbortSignal): Promise<void> {
  const { weights } = link;
  const body = {
    model: weights.name,
    keep_alive: keepAliveOf(link),
    stream: false,
    // As every answer is asked for: another context or `shift` would have Ollama load it all once more.
    truncate: false,
    shift: false,
    options: { num_ctx: weights.context },
  };
  const { connect } = link.timeouts;
  const said = await post(http, '/api/generate', body, connect, signal);
  // Weights for embeddings are loaded by asking for none.
  const embeds = said.status === 400 && said.text.includes('does not support generate');
  check(embeds ? await post(http, '/api/embed', embedBody(link, []), connect, signal) : said, link);
}

/**
 * Unloads, and waits until Ollama no longer lists it: it says 200 before that, and lists one that still answers, for
 * whomever, until it is done. Throws when it is still there after `limitMs`.
 */
export async function unload(http: OllamaHttp, name: string, limitMs = UNLOAD_LIMIT_MS): Promise<void> {
  const body = { model: name, keep_alive: 0, stream: false };
  const said = await post(http, '/api/generate', body, ASK_LIMIT_S, AbortSignal.timeout(limitMs));
  check(said, { model: name, weights: { name } });
  const until = performance.now() + limitMs;
  while (await isLoaded(http, name, false)) {
    if (performance.now() > until) throw new LinkFailure('timeout', `Ollama does not let go of ${name}`);
    await new Promise((resolve) => setTimeout(resolve, UNLOAD_LOOK_MS));
  }
}

interface Said {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

async function post(
  http: OllamaHttp,
  path: string,
  body: object,
  connectS: number,
  signal: AbortSignal,
): Promise<Said> {
  const response = await http.send({ method: 'POST', path, body: JSON.stringify(body), connectS, signal });
  const { statusCode: status = 0, headers } = response;
  return { status, retryAfter: headers['retry-after'], text: await readText(response) };
}

function check({ status, retryAfter, text }: Said, asked: Asked): void {
  if (status !== 200) throw failureOf(status, retryAfter, text, asked);
}

const isName = (listed: string, name: string): boolean => listed === name || listed === `${name}:latest`;

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
    // Silence claims no load: the answer itself will tell whether Ollama is in trouble.
    const resident = await isLoaded(http, name, true);
    if (resident === loading) {
      loading = !resident;
      yield { type: 'load', state: loading ? 'loading' : 'loaded' };
    }
  }
  const value = await response;
  if (loading) yield { type: 'load', state: 'loaded' };
  return value;
}

/** Whether Ollama has the model in memory; `silent` when it does not say, as it may not for a minute while it loads. */
async function isLoaded(http: OllamaHttp, name: string, silent: boolean): Promise<boolean> {
  try {
    return (await listLoaded(http)).some((one) => isName(one.name, name));
  } catch {
    // What is asked here only guides the next step; a request that matters will meet the trouble itself.
    return silent;
  }
}
