import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { type Fault, refuse } from './faults.ts';

/** What this server reads of a body, and whatever else is in it. */
export interface SentBody {
  model: string;
  messages: { content: unknown }[];
  stream_options?: { include_usage?: boolean };
  [field: string]: unknown;
}

/** A request as it came in. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The client's port: one connection has one. */
  port: number | undefined;
  body: SentBody;
}

export interface FakeOptions {
  /** What `/v1/models` lists; each entry is an id or the whole of it. */
  models: (string | Record<string, unknown>)[];
  /** Without it every request is a 401. */
  key?: string;
  tls?: { key: string; cert: string };
  /** Answers to GETs of other paths, such as `/running`. */
  gets?: Record<string, unknown>;
  /** What POSTs to other paths do. */
  posts?: Record<string, () => unknown>;
}

/** What a test wants of the answers that follow; what is left out is as usual. */
export interface Behaviour {
  fault?: Fault | null;
  /** Fields that are a 400 when they are there, with the words for it; `*` stands for the field. */
  refuses?: Record<string, string>;
  /** Deltas in place of the echo. */
  deltas?: Record<string, unknown>[];
  finish?: string;
  /** Writes come in pieces of so many bytes. */
  slice?: number;
  eol?: string;
  /** So many requests are told that the model is being loaded. */
  loading?: number;
  headers?: Record<string, string>;
  tokenMs?: number;
}

/** A server of OpenAI's API that says the question again, one word after the other, and fails on demand. */
export class FakeOpenai {
  readonly url: string;
  readonly asked: Asked[] = [];
  /** How many answers were broken off by the client. */
  left = 0;
  behaviour: Behaviour = {};
  readonly #server: http.Server;
  readonly #options: FakeOptions;

  private constructor(server: http.Server, url: string, options: FakeOptions) {
    this.#server = server;
    this.url = url;
    this.#options = options;
    server.on('request', (req: IncomingMessage, res: ServerResponse) => void this.#handle(req, res));
  }

  static async start(options: FakeOptions): Promise<FakeOpenai> {
    const server = options.tls ? https.createServer(options.tls) : http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return new FakeOpenai(server, `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`, options);
  }

  /** The chat requests so far. */
  get chats(): Asked[] {
    return this.asked.filter(({ path }) => path === '/v1/chat/completions');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = '';
    for await (const piece of req.setEncoding('utf8')) text += piece;
    const { method = '', url: path = '', headers } = req;
    const body = text === '' ? null : JSON.parse(text);
    this.asked.push({ method, path, headers, body, port: req.socket.remotePort });
    const { key, models, gets = {}, posts = {} } = this.#options;
    const sent = (headers.authorization ?? '').replace('Bearer ', '');
    if (key !== undefined && sent !== key) return void refuse(res, 'unauthorized', '', sent);
    if (method === 'GET' && path === '/v1/models') {
      const data = models.map((one) => (typeof one === 'string' ? { id: one, object: 'model' } : one));
      return sendJson(res, 200, { object: 'list', data });
    }
    if (method === 'GET' && gets[path] !== undefined) return sendJson(res, 200, gets[path]);
    if (method === 'POST' && posts[path]) {
      posts[path]?.();
      return sendJson(res, 200, {});
    }
    if (path === '/v1/chat/completions') return this.#chat(body, res, sent);
    sendJson(res, 404, { error: { message: `no ${path} here`, type: 'not_found' } });
  }

  async #chat(body: Asked['body'], res: ServerResponse, key: string): Promise<void> {
    const { behaviour } = this;
    const { fault = null, refuses = {}, headers = {} } = behaviour;
    if ((behaviour.loading ?? 0) > 0) {
      behaviour.loading = (behaviour.loading ?? 0) - 1;
      const error = { code: 503, message: 'Loading model', type: 'unavailable_error' };
      return sendJson(res, 503, { error });
    }
    const field = Object.keys(refuses).find((name) => isIn(body, name.split('.')));
    if (field !== undefined) {
      const message = refuses[field]?.replaceAll('*', field);
      return sendJson(res, 400, {
        error: { message, type: 'invalid_request_error', param: null, code: null },
      });
    }
    if (fault === 'silent' || refuse(res, fault, body.model, key)) return;
    const deltas = behaviour.deltas ?? echo(body);
    const usage = { prompt_tokens: 7, completion_tokens: deltas.length, total_tokens: 7 + deltas.length };
    if (fault === 'whole') {
      const message = { role: 'assistant', content: deltas.map(({ content }) => content).join('') };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      return sendJson(res, 200, {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        model: body.model,
        choices,
        usage,
      });
    }
    res.on('close', () => {
      if (!res.writableEnded) this.left += 1;
    });
    res.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    await this.#stream(res, body, deltas, usage);
  }

  async #stream(res: ServerResponse, body: Asked['body'], deltas: object[], usage: object): Promise<void> {
    const { fault = null, finish = 'stop', slice, eol = '\n', tokenMs = 0 } = this.behaviour;
    const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: body.model };
    const event = (data: string): string => `data: ${data}${eol}${eol}`;
    const chunk = (delta: object, reason: string | null = null): string =>
      event(JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason: reason }] }));
    const write = async (text: string): Promise<void> => {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += slice ?? bytes.length) {
        res.write(bytes.subarray(at, at + (slice ?? bytes.length)));
        if (slice) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await write(`: PROCESSING${eol}${eol}${chunk({ role: 'assistant', content: '' })}`);
    for (const [index, delta] of deltas.entries()) {
      if (index === 1 && (await this.#breaks(res, write, eol))) return;
      if (tokenMs > 0) await new Promise((resolve) => setTimeout(resolve, tokenMs));
      if (res.destroyed) return;
      await write(chunk(delta));
    }
    if (fault !== 'no finish') await write(chunk({}, fault === 'aborts' ? 'abort' : finish));
    if (fault === 'reset after finish') return void setTimeout(() => res.destroy(), 20);
    if (body.stream_options?.include_usage)
      await write(event(JSON.stringify({ ...envelope, choices: [], usage })));
    res.end(fault === 'no done' ? '' : event('[DONE]'));
  }

  /** Does what goes wrong in mid-answer; true when nothing comes after it. */
  async #breaks(res: ServerResponse, write: (text: string) => Promise<void>, eol: string): Promise<boolean> {
    const end = `${eol}${eol}`;
    switch (this.behaviour.fault) {
      case 'reset':
        // What was written has to be on its way before.
        return new Promise((resolve) =>
          setTimeout(() => {
            res.destroy();
            resolve(true);
          }, 20),
        );
      case 'ends early':
        res.end();
        return true;
      case 'no json':
        await write(`data: Internal Server Error${end}`);
        return false;
      case 'cut event':
        res.end('data: {"choices":[{"index":0,"del');
        return true;
      case 'error event':
        res.end(`data: {"error":{"message":"CUDA out of memory","code":500}}${end}`);
        return true;
      case 'endless event':
        for (let n = 0; n < 40 && !res.destroyed; n += 1) await write('data: '.padEnd(1_000_000, 'x'));
        return true;
      default:
        return false;
    }
  }
}

function isIn(value: unknown, [name, ...deeper]: string[]): boolean {
  if (name === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return name in value && isIn(Reflect.get(value, name), deeper);
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(value));
}

function echo(body: Asked['body']): Record<string, unknown>[] {
  const content = body.messages.at(-1)?.content;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return (`echo: ${text}`.match(/\s*\S+/g) ?? []).map((word) => ({ content: word }));
}
