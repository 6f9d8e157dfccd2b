import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, Load } from '../../chat/types.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link } from '../types.ts';
import { Abilities } from './abilities.ts';
import { errorOfText } from './error-of.ts';
import { failureOf, isLoadingStill, type Refusal } from './failures.ts';
import type { OpenaiHttp } from './http.ts';
import type { Secrets } from './secrets.ts';

/** How long to wait before a server that is loading is asked again. */
const ASK_AGAIN_MS = 500;

/** Statuses by which servers refuse a field that they do not take. Some engines do so by a 500. */
const REFUSES_FIELD = [400, 422, 500, 501];

/** Asks a server until it begins to answer: without what it does not take, after it has loaded, with a key that is new. */
export class Opening {
  readonly #http: OpenaiHttp;
  readonly #secrets: Secrets;
  readonly #abilities = new Abilities();

  constructor(http: OpenaiHttp, secrets: Secrets) {
    this.#http = http;
    this.#secrets = secrets;
  }

  /** What was found out may be otherwise now. */
  forget(): void {
    this.#abilities.forget();
    this.#secrets.forget();
  }

  /** The response that carries the answer. Throws `LinkFailure` and `ApiError`. */
  async *open(link: Link, wanted: JsonObject, signal: AbortSignal): AsyncGenerator<Load, IncomingMessage> {
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
      const failure = failureOf(refusal, { link, host: this.#http.host, keyPlace: this.#secrets.place });
      if (mayBeField(refusal, failure) && this.#abilities.learn(body, refusal.error, link)) continue;
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
    const who = `${this.#http.host} had another model answer (${this.#http.hide(demoted)})`;
    throw new LinkFailure('http_5xx', who, { counts: false });
  }

  async #refusalOf(response: IncomingMessage): Promise<Refusal> {
    const error = errorOfText(await this.#http.read(response));
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      location: response.headers.location,
      // Once more, for escapes of JSON may have kept a secret from being seen.
      error: { ...error, message: this.#http.hide(error.message) },
    };
  }

  /** Whether the secrets are others now than those that were refused. */
  async #renewed(): Promise<boolean> {
    const before = await this.#secrets.headers();
    this.#secrets.forget();
    return !isDeepStrictEqual(before, await this.#secrets.headers());
  }
}

const isUnauthorized = (error: Error): boolean =>
  error instanceof LinkFailure && error.reason === 'unauthorized';

/** What has a meaning of its own, such as a missing model, is not about a field. */
const mayBeField = ({ status }: Refusal, failure: Error): boolean =>
  REFUSES_FIELD.includes(status) && (failure instanceof ApiError || status >= 500);

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal.throwIfAborted();
}
