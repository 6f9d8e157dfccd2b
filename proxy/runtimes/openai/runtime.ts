import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { ChatRequest, CompleteLink, JsonObject, Load, RuntimeEvent } from '../../chat/types.ts';
import { isRemote } from '../../config/remote.ts';
import type { OpenaiConfig } from '../../config/schema.ts';
import { EXIT } from '../../contract.ts';
import type { Found } from '../../doctor/finding.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link, OpenedRuntime, OpenRuntime, PullPlace, Resident, Weights } from '../types.ts';
import { Abilities } from './abilities.ts';
import { chatBody } from './chat-body.ts';
import { ChunkReader } from './chunks.ts';
import { errorOfText } from './error-of.ts';
import { examineServer } from './examine.ts';
import { failureOf, isLoadingStill, type Refusal } from './failures.ts';
import { OpenaiHttp } from './http.ts';
import { listModels, lists } from './models.ts';
import { Residency } from './residency.ts';
import { type SecretSources, Secrets } from './secrets.ts';
import { readEvents } from './sse.ts';

/** How long to wait before a server that is loading is asked again. */
const ASK_AGAIN_MS = 500;

/** Statuses by which servers refuse a field that they do not take. llama-server does so by a 500. */
const REFUSES_FIELD = [400, 422, 500, 501];

/** Any server that speaks the OpenAI API. */
export const openOpenai: OpenRuntime<'openai'> = (config, { warn }) => new Openai(config, warn);

export class Openai implements OpenedRuntime {
  readonly foreign: string;
  readonly #config: OpenaiConfig;
  readonly #warn: (message: string) => void;
  readonly #secrets: Secrets;
  readonly #http: OpenaiHttp;
  readonly #abilities = new Abilities();
  readonly #residency: Residency;
  /** Names that the server did not have when it was asked for them. */
  readonly #denied = new Set<string>();
  /** A key that is refused is told of once, not with each request. */
  #warned = false;

  constructor(config: OpenaiConfig, warn: (message: string) => void, sources?: SecretSources) {
    this.#config = config;
    this.#warn = warn;
    this.#secrets = new Secrets(config, sources);
    this.#http = new OpenaiHttp(config, this.#secrets);
    this.#residency = new Residency(this.#http);
    this.foreign = `which models ${this.#http.host} has is for that server to say`;
  }

  complete(link: Link): CompleteLink {
    return (request, signal) => this.#complete(link, request, signal);
  }

  /** Only the person can know which bytes are behind a name. */
  async digest({ name, revision }: Weights): Promise<string | null> {
    if (revision === undefined) return null;
    return hash('sha256', JSON.stringify([this.#config.url, name, revision]));
  }

  async residents(): Promise<Resident[]> {
    return isRemote(this.#config) ? [] : this.#residency.residents();
  }

  /** The shortest answer: there is no other way to have such a server load something. */
  async load(link: Link, signal: AbortSignal): Promise<void> {
    for await (const _event of this.#complete(link, shortest(link), signal));
  }

  async unload(key: string): Promise<void> {
    await this.#residency.unload(key);
  }

  async has({ name = '' }: Weights): Promise<boolean> {
    return lists(await listModels(this.#http), name) && !this.#denied.has(name);
  }

  async place(): Promise<PullPlace> {
    return { unseen: this.foreign };
  }

  async pull({ name }: Weights): Promise<void> {
    throw new ApiError(409, `${name} cannot be fetched from here: ${this.foreign}. Fetch it there.`, {
      code: 'pull_failed',
      exit: EXIT.failed,
    });
  }

  examine(): Promise<Found[]> {
    return examineServer(this.#http, this.#config, this.#denied);
  }

  renew(): void {
    this.#http.dropIdle();
  }

  reloaded(): void {
    this.#abilities.forget();
    this.#residency.forget();
    this.#secrets.forget();
    this.#denied.clear();
    this.#warned = false;
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  async *#complete(link: Link, request: ChatRequest, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    let response: IncomingMessage;
    try {
      response = yield* this.#open(link, chatBody(link, request), signal);
    } catch (error) {
      if (error instanceof LinkFailure) this.#failed(error, link);
      throw error;
    }
    this.#warned = false;
    this.#denied.delete(link.weights.name ?? '');
    yield* this.#read(link, request, response, signal);
    this.#residency.answered(link);
  }

  /** The response that carries the answer, after what the server does not take was left out, and once it has loaded. */
  async *#open(link: Link, wanted: JsonObject, signal: AbortSignal): AsyncGenerator<Load, IncomingMessage> {
    let loading = false;
    for (let renewed = false; ; ) {
      const body = this.#abilities.fit(wanted, link);
      const response = await this.#send(link, body, signal);
      if (response.statusCode === 200) {
        if (loading) yield { type: 'load', state: 'loaded' };
        return response;
      }
      const refusal = await this.#refusalOf(response);
      if (isLoadingStill(refusal)) {
        if (!loading) yield { type: 'load', state: 'loading' };
        loading = true;
        await pause(ASK_AGAIN_MS, signal);
        continue;
      }
      const failure = failureOf(refusal, this.#asked(link));
      const ofField = failure instanceof ApiError || refusal.status >= 500;
      if (
        ofField &&
        REFUSES_FIELD.includes(refusal.status) &&
        this.#abilities.learn(body, refusal.error, link)
      )
        continue;
      if (renewed || !isUnauthorized(failure) || !(await this.#renewed())) throw failure;
      renewed = true;
    }
  }

  async #send(link: Link, body: JsonObject, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#http.send({
      method: 'POST',
      path: '/chat/completions',
      body: JSON.stringify(body),
      // Another Toaster is to refuse rather than to have a smaller model answer: demotion is for this one's chain, which tells.
      headers: { accept: 'text/event-stream', 'x-strict': '1' },
      connectS: link.timeouts.connect,
      signal,
    });
    const demoted = response.headers['x-degraded'];
    if (response.statusCode !== 200 || typeof demoted !== 'string') return response;
    response.destroy();
    throw new LinkFailure(
      'http_5xx',
      `${this.#http.host} had another model answer (${this.#http.hide(demoted)})`,
      {
        counts: false,
      },
    );
  }

  async *#read(
    link: Link,
    { topLogprobs }: ChatRequest,
    response: IncomingMessage,
    signal: AbortSignal,
  ): AsyncGenerator<RuntimeEvent> {
    const reader = new ChunkReader(this.#http.host, (text) => this.#http.hide(text), topLogprobs);
    let done = false;
    try {
      if (isWhole(response)) for (const delta of reader.read(await this.#http.read(response))) yield delta;
      else
        for await (const data of readEvents(response)) {
          done = data.trim() === '[DONE]';
          if (done) break;
          for (const delta of reader.read(data)) yield delta;
        }
    } catch (error) {
      if (signal.aborted) throw error;
      if (!reader.finished) {
        if (error instanceof LinkFailure) throw error;
        throw new LinkFailure('crash', `${this.#http.host} broke off the answer of ${link.model}`, {
          cause: error,
        });
      }
    } finally {
      // A finished answer is read to its last byte, so that the connection can be used again.
      if (done) response.resume();
      else response.destroy();
    }
    yield* reader.end();
  }

  async #refusalOf(response: IncomingMessage): Promise<Refusal> {
    const error = errorOfText(await this.#http.read(response));
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      location: response.headers.location,
      error: { ...error, message: this.#http.hide(error.message) },
    };
  }

  #asked(link: Link) {
    return { link, host: this.#http.host, keyPlace: this.#secrets.place };
  }

  /** Whether the secrets are others now than those that were refused. */
  async #renewed(): Promise<boolean> {
    const before = await this.#secrets.headers();
    this.#secrets.forget();
    return !isDeepStrictEqual(before, await this.#secrets.headers());
  }

  #failed(error: LinkFailure, { weights, runtime }: Link): void {
    if (error.reason === 'missing') this.#denied.add(weights.name ?? '');
    if (error.reason !== 'unauthorized' || this.#warned) return;
    this.#warned = true;
    this.#warn(`${runtime}: ${error.message}; until that is mended its models are passed over`);
  }
}

const isUnauthorized = (error: Error): boolean =>
  error instanceof LinkFailure && error.reason === 'unauthorized';

/** A server that does not stream sends one JSON object. */
const isWhole = ({ headers }: IncomingMessage): boolean =>
  /^application\/json/i.test(headers['content-type'] ?? '');

function shortest({ model }: Link): ChatRequest {
  return {
    id: 'load',
    model,
    messages: [{ role: 'user', text: 'Hi' }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    sampling: {},
    maxTokens: 1,
    strict: true,
    room: 'off',
    cache: { read: false, write: false },
    from: { client: 'toaster', watched: false },
    sees: 'nothing',
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal.throwIfAborted();
}
