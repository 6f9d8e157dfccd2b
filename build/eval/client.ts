import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { DEFAULT_PORT, HEADERS } from '../../proxy/contract.ts';
import { messageOf } from '../../proxy/errors.ts';

/** A model as `/v1/models` tells of it; a council has members and, at the end, its chairman. */
const model = z.object({
  id: z.string(),
  weights: z.string().optional(),
  runtime: z.string().optional(),
  council: z.array(z.string()).default([]),
});
export type Model = z.output<typeof model>;

const models = z.object({ data: z.array(model) });
const completion = z.object({
  choices: z.tuple([
    z.object({ message: z.object({ content: z.string().nullable() }), finish_reason: z.string() }),
  ]),
  usage: z.object({ completion_tokens: z.number() }),
});
const failure = z.object({ error: z.object({ message: z.string() }) });

/** What came of one question to one model. */
export interface Reply {
  /** Null when it failed. */
  text: string | null;
  /** Why there is no answer. */
  failed: string | null;
  /** In how far somebody else answered than was asked; null when all was as it should be. */
  degraded: string | null;
  /** Until the whole answer was there, loading included. */
  seconds: number;
  tokens: number | null;
  finish: string | null;
  /** What `X-Council` says. */
  council: string | null;
}

/** There is no Toaster, or none any more; the message says what to do. */
export class Unreachable extends Error {}

/** A Toaster, as any client sees it. */
export class Toaster {
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /** The models that can be asked, in the order of the config. Throws `Unreachable`. */
  async models(): Promise<Model[]> {
    if ((await this.#health()) !== 'toaster')
      throw new Unreachable(
        `There is no Toaster at ${this.url}. Start it in another terminal (npm start), or set ASK_PORT or ASK_URL.`,
      );
    return models.parse(JSON.parse((await this.#send('/v1/models')).body)).data;
  }

  /** Asks a model one thing, never by way of the cache. Throws `Unreachable`, and what an abort throws. */
  async ask(name: string, prompt: string, signal: AbortSignal): Promise<Reply> {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    try {
      const messages = [{ role: 'user', content: prompt }];
      const { status, headers, body } = await this.#send(
        '/v1/chat/completions',
        { model: name, messages },
        signal,
      );
      return status === 200
        ? answered(name, headers, body, seconds())
        : failed(reasonIn(body, status), seconds());
    } catch (error) {
      signal.throwIfAborted();
      if ((await this.#health()) === 'toaster') return failed(messageOf(error), seconds());
      throw new Unreachable(`Toaster has gone away from ${this.url}: ${messageOf(error)}`);
    }
  }

  async #health(): Promise<'toaster' | 'nobody'> {
    try {
      const { body } = await this.#send('/health');
      return JSON.parse(body).name === 'toaster' ? 'toaster' : 'nobody';
    } catch {
      // Nobody listens, or somebody else.
      return 'nobody';
    }
  }

  /** By node:http, which waits for an answer as long as it takes: fetch gives up after five minutes. */
  #send(path: string, json?: object, signal?: AbortSignal): Promise<HttpAnswer> {
    const { request } = this.url.startsWith('https:') ? https : http;
    const sent = json === undefined ? '' : JSON.stringify(json);
    return new Promise((resolve, reject) => {
      const sending = request(
        this.url + path,
        {
          method: json === undefined ? 'GET' : 'POST',
          // Of its own: a kept connection may be closed by the other side just as it is used again.
          agent: false,
          headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
          ...(signal && { signal }),
        },
        (response) => {
          text(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
            reject,
          );
        },
      );
      sending.once('error', reject);
      sending.end(sent);
    });
  }
}

interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function answered(name: string, headers: IncomingHttpHeaders, body: string, seconds: number): Reply {
  const { choices, usage } = completion.parse(JSON.parse(body));
  const [{ message, finish_reason: finish }] = choices;
  return {
    text: message.content ?? '',
    failed: null,
    degraded: degradedIn(name, headers),
    seconds,
    tokens: usage.completion_tokens,
    finish,
    council: header(headers, 'council'),
  };
}

function failed(why: string, seconds: number): Reply {
  return { text: null, failed: why, degraded: null, seconds, tokens: null, finish: null, council: null };
}

function degradedIn(name: string, headers: IncomingHttpHeaders): string | null {
  const [degraded, servedBy, council] = (['degraded', 'servedBy', 'council'] as const).map((one) =>
    header(headers, one),
  );
  if (degraded) return `${degraded}: ${header(headers, 'degradedReason')}`;
  if (servedBy !== name) return `${servedBy} answered`;
  if (council && /lost=|demoted=|synthesis=no/.test(council)) return council;
  return header(headers, 'cache') === 'hit' ? 'the answer is from the cache' : null;
}

function header(headers: IncomingHttpHeaders, name: keyof typeof HEADERS): string | null {
  const value = headers[HEADERS[name].toLowerCase()];
  return typeof value === 'string' ? value : null;
}

function reasonIn(body: string, status: number): string {
  try {
    return failure.parse(JSON.parse(body)).error.message;
  } catch {
    return `status ${status}: ${body.slice(0, 200)}`;
  }
}

/** Where Toaster is, as the shim finds it. */
export const urlFrom = ({ ASK_URL, ASK_PORT }: NodeJS.ProcessEnv): string =>
  ASK_URL || `http://127.0.0.1:${ASK_PORT || DEFAULT_PORT}`;
