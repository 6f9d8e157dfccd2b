import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { OpenaiConfig } from '../../config/schema.ts';
import { LinkFailure, messageOf } from '../../errors.ts';
import type { Secrets } from './secrets.ts';

interface Call {
  method: 'GET' | 'POST';
  /** From the base on, such as `/models`; with `fromRoot` from the server's root. */
  path: string;
  fromRoot?: boolean;
  body?: string;
  headers?: Record<string, string>;
  /** Seconds until the connection, with its TLS, must stand. */
  connectS: number;
  signal: AbortSignal;
}

/** Longest body of a small answer or an error. */
const MOST_BYTES = 8_000_000;

/** Kept connections to one server, its secrets in each request. It follows no redirect: the key would go along. */
export class OpenaiHttp {
  readonly origin: string;
  /** How a person would name the server. */
  readonly host: string;
  readonly #url: URL;
  readonly #secrets: Secrets;
  readonly #module: typeof http | typeof https;
  readonly #ca: string | undefined;
  #agent: http.Agent | null = null;

  constructor({ url, ca }: Pick<OpenaiConfig, 'url' | 'ca'>, secrets: Secrets) {
    this.#url = new URL(url);
    this.origin = this.#url.origin;
    this.host = this.#url.host;
    this.#secrets = secrets;
    this.#module = this.#url.protocol === 'https:' ? https : http;
    this.#ca = ca;
  }

  /** The response once its headers are there. Throws `LinkFailure`: `connection`, or `unauthorized` without a secret. */
  async send(call: Call): Promise<http.IncomingMessage> {
    const headers = { ...(await this.#secrets.headers()), ...call.headers };
    try {
      return await this.#once(call, headers);
    } catch (error) {
      // A kept connection that ended just as it was used again is no sign of trouble.
      if (error instanceof Stale) return await this.#once(call, headers);
      throw error;
    }
  }

  /** A small answer, its whole time limited to `seconds`. Throws `LinkFailure`. */
  async get(path: string, seconds: number, fromRoot = false): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(seconds * 1000);
    try {
      const response = await this.send({ method: 'GET', path, fromRoot, connectS: seconds, signal });
      return { status: response.statusCode ?? 0, text: await this.read(response) };
    } catch (error) {
      if (!signal.aborted || error instanceof LinkFailure) throw error;
      throw new LinkFailure('timeout', `${this.host} did not answer ${path} within ${seconds} s`);
    }
  }

  /** A whole body as text, without any secret of ours that the server repeats. Throws `LinkFailure('crash')` when it never ends. */
  async read(response: http.IncomingMessage): Promise<string> {
    return this.hide(await readBody(response));
  }

  /** A text of the server's without any secret of ours. */
  hide(text: string): string {
    return this.#secrets.hide(text);
  }

  /** Lets go of the connections that wait for a next request. */
  dropIdle(): void {
    for (const sockets of Object.values(this.#agent?.freeSockets ?? {}))
      for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent?.destroy();
  }

  /** Made with the first request: a `ca` that cannot be read is this server's trouble, and keeps no other from serving. */
  #open(): http.Agent {
    const ca = this.#ca;
    try {
      if (this.#agent) return this.#agent;
      const trust = ca === undefined ? {} : { ca: readFileSync(ca) };
      this.#agent = new this.#module.Agent({ keepAlive: true, scheduling: 'lifo', ...trust });
      return this.#agent;
    } catch (error) {
      throw new LinkFailure('connection', `the \`ca\` of ${this.host} cannot be read (${messageOf(error)})`);
    }
  }

  #once(call: Call, headers: Record<string, string>): Promise<http.IncomingMessage> {
    const { method, path, body, connectS, signal, fromRoot } = call;
    const agent = this.#open();
    return new Promise((resolve, reject) => {
      const request = this.#module.request({
        hostname: this.#url.hostname.replace(/^\[|\]$/g, ''),
        port: this.#url.port,
        path: (fromRoot ? '' : this.#url.pathname.replace(/\/$/, '')) + path,
        method,
        agent,
        headers: {
          ...headers,
          ...(body !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        },
      });
      const abort = (): void => void request.destroy(new Error('aborted'));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      let connecting: NodeJS.Timeout | undefined;
      request.once('socket', (socket) => {
        if (!socket.connecting) return;
        const late = this.#unreachable(new Error(`no connection within ${connectS} s`));
        connecting = setTimeout(() => request.destroy(late), connectS * 1000);
        socket.once(this.#module === https ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
      });
      request.once('close', () => {
        clearTimeout(connecting);
        signal.removeEventListener('abort', abort);
      });
      request.once('response', resolve);
      request.once('error', (error) => {
        if (signal.aborted || error instanceof LinkFailure) return reject(error);
        const stale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        reject(
          stale ? new Stale('connection', `${this.host} closed the connection`) : this.#unreachable(error),
        );
      });
      request.end(body);
    });
  }

  #unreachable(error: Error): LinkFailure {
    const code = 'code' in error ? String(error.code) : '';
    const distrust = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)
      ? '; where its authority is a private one, name its file as `ca`'
      : '';
    const why = messageOf(error) || code;
    return new LinkFailure('connection', `nobody answers at ${this.origin} (${why})${distrust}`, {
      cause: error,
    });
  }
}

class Stale extends LinkFailure {}

async function readBody(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) {
    text += piece;
    if (text.length > MOST_BYTES) throw new LinkFailure('crash', 'the server sent a body without an end');
  }
  return text;
}
