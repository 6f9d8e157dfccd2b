import http from 'node:http';
import https from 'node:https';
import type { LinkFailure } from '../errors.ts';

/** What is asked of a server. */
export interface Call {
  method: 'GET' | 'POST';
  /** From the server's root on. */
  path: string;
  /** JSON. */
  body?: string;
  headers?: Record<string, string>;
  /** Seconds until the connection, with its TLS, must stand. */
  connectS: number;
  signal: AbortSignal;
}

/** Kept connections to one server. It follows no redirect. */
export class Connections {
  /** Taken apart once: on the way of a request a URL costs more than it looks. */
  readonly #address: { hostname: string; port: string };
  readonly #transport: typeof http | typeof https;
  readonly #agent: http.Agent;
  readonly #unreachable: (error: Error) => LinkFailure;

  /** `unreachable` says, in the words of whoever asks, that nobody answered. `ca`: whom else to trust. */
  constructor(
    { hostname, port, protocol }: URL,
    unreachable: (error: Error) => LinkFailure,
    ca?: Buffer | undefined,
  ) {
    this.#address = { hostname: hostname.replace(/^\[|\]$/g, ''), port };
    this.#transport = protocol === 'https:' ? https : http;
    this.#agent = new this.#transport.Agent({
      keepAlive: true,
      scheduling: 'lifo',
      ...(ca !== undefined && { ca }),
    });
    this.#unreachable = unreachable;
  }

  /** The response once its headers are there. Throws what `unreachable` made. */
  async send(call: Call): Promise<http.IncomingMessage> {
    try {
      return await this.#once(call);
    } catch (error) {
      if (error instanceof Stale) return this.#once(call).catch((again) => this.#unstale(again));
      throw error;
    }
  }

  /** Lets go of the connections that wait for a next request; those in use stay. */
  dropIdle(): void {
    for (const sockets of Object.values(this.#agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  #once({ method, path, body, headers, connectS, signal }: Call): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#transport.request({
        ...this.#address,
        path,
        method,
        headers:
          body === undefined
            ? (headers ?? {})
            : {
                ...headers,
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
              },
        agent: this.#agent,
      });
      // Node's own `signal` option does the same and costs eight times as much.
      const abort = (): void => void request.destroy(new Error('aborted'));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      let connecting: NodeJS.Timeout | undefined;
      request.once('socket', (socket) => {
        if (!socket.connecting) return;
        const late = new Error(`no connection within ${connectS} s`);
        connecting = setTimeout(() => request.destroy(late), connectS * 1000);
        socket.once(this.#transport === https ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
      });
      request.once('close', () => {
        clearTimeout(connecting);
        signal.removeEventListener('abort', abort);
      });
      request.once('response', resolve);
      request.once('error', (error) => {
        const stale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        reject(signal.aborted ? error : stale ? new Stale() : this.#unreachable(error));
      });
      request.end(body);
    });
  }

  #unstale(error: unknown): never {
    throw error instanceof Stale ? this.#unreachable(new Error('connection reset')) : error;
  }
}

/** A kept connection was closed by the other side just as it was used again: no sign of trouble, one new try. */
class Stale extends Error {}
