import http from 'node:http';
import https from 'node:https';
import type { Json } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';

interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  /** Seconds until the connection must stand. */
  connectS: number;
  signal: AbortSignal;
}

/** Keep-alive connections to one Ollama. */
export class OllamaHttp {
  readonly #origin: string;
  /** Taken apart once: on the way of a request a URL costs more than it looks. */
  readonly #address: { hostname: string; port: string };
  readonly #prefix: string;
  readonly #agent: http.Agent;
  readonly #transport: typeof http | typeof https;

  constructor(url: string) {
    const { origin, hostname, port, pathname, protocol } = new URL(url);
    this.#origin = origin;
    this.#address = { hostname: hostname.replace(/^\[|\]$/g, ''), port };
    this.#prefix = pathname.replace(/\/$/, '');
    this.#transport = protocol === 'https:' ? https : http;
    this.#agent = new this.#transport.Agent({ keepAlive: true, scheduling: 'lifo' });
  }

  /** The response once its headers are there. Throws `LinkFailure('connection')` when nobody answers. */
  async send(call: Call): Promise<http.IncomingMessage> {
    try {
      return await this.#once(call);
    } catch (error) {
      if (error instanceof StaleConnection) return this.#once(call).catch(unstale);
      throw error;
    }
  }

  /** A small JSON answer of a GET, with its whole time limited to `seconds`. */
  getJson(path: string, seconds: number): Promise<Json> {
    return this.#json({ method: 'GET', path }, seconds);
  }

  /** The same of a POST. */
  postJson(path: string, body: object, seconds: number): Promise<Json> {
    return this.#json({ method: 'POST', path, body: JSON.stringify(body) }, seconds);
  }

  async #json(call: Pick<Call, 'method' | 'path' | 'body'>, seconds: number): Promise<Json> {
    const { path } = call;
    const signal = AbortSignal.timeout(seconds * 1000);
    const response = await this.send({ ...call, connectS: seconds, signal });
    const text = await readText(response);
    if (response.statusCode !== 200) throw new LinkFailure('http_5xx', `${path} said ${response.statusCode}`);
    return JSON.parse(text);
  }

  /** Lets go of the connections that wait for a next request; those in use stay. */
  dropIdle(): void {
    for (const sockets of Object.values(this.#agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  #once({ method, path, body, connectS, signal }: Call): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers =
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const request = this.#transport.request({
        ...this.#address,
        path: this.#prefix + path,
        method,
        headers,
        agent: this.#agent,
      });
      // Node's own `signal` option does the same and costs eight times as much.
      const abort = (): void => void request.destroy(new Error('aborted'));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      request.once('close', () => signal.removeEventListener('abort', abort));
      let connecting: NodeJS.Timeout | undefined;
      request.once('socket', (socket) => {
        if (!socket.connecting) return;
        connecting = setTimeout(
          () => request.destroy(this.#unreachable(`no connection within ${connectS} s`)),
          connectS * 1000,
        );
        socket.once('connect', () => clearTimeout(connecting));
      });
      request.once('response', resolve);
      request.once('error', (error) => {
        clearTimeout(connecting);
        const stale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        reject(
          signal.aborted || error instanceof LinkFailure
            ? error
            : stale
              ? new StaleConnection(this.#unreachable('connection reset'))
              : this.#unreachable(error.message, error),
        );
      });
      request.end(body);
    });
  }

  #unreachable(what: string, cause?: unknown): LinkFailure {
    return new LinkFailure(
      'connection',
      `Ollama does not answer at ${this.#origin} (${what}); start it with \`ollama serve\``,
      { cause },
    );
  }
}

/** A kept connection was closed by the other side just as it was used again: no sign of trouble, one new try. */
class StaleConnection extends Error {
  readonly failure: LinkFailure;
  constructor(failure: LinkFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
const unstale = (error: unknown): never => {
  throw error instanceof StaleConnection ? error.failure : error;
};

/** A response's whole body as text. */
export async function readText(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}

/** The lines of a newline-delimited stream, wherever the bytes are cut. Whoever stops early must end the response. */
export async function* readLines(response: http.IncomingMessage): AsyncGenerator<string> {
  // The stream's own decoder keeps a character that is cut in two for the next chunk.
  response.setEncoding('utf8');
  let rest = '';
  for await (const piece of response.iterator({ destroyOnReturn: false })) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}
