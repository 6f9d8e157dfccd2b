import http from 'node:http';
import type { Events } from '../proxy/contract.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';

/** Who hears what of the proxy; `up` with each connection, `down` with each try that failed, and how many did in a row. */
export type EventListeners = { [K in keyof Events]?: (data: Events[K]) => void } & {
  up?(): void;
  down?(failures: number): void;
};

/** Quiet: an icon that is always there is no reason to look at memory more often. */
const PATH = '/api/events?quiet=1';
/** The proxy sends a sign of life every 15 s. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Listens to the proxy's events for as long as the app runs: one way to know the proxy, whether it runs in the app or elsewhere. */
export class EventClient {
  readonly #listeners: EventListeners;
  readonly #warn: (message: string) => void;
  #url: string | null = null;
  #request: http.ClientRequest | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #lastId: string | null = null;

  constructor(listeners: EventListeners, warn: (message: string) => void) {
    this.#listeners = listeners;
    this.#warn = warn;
  }

  /** Listens to the proxy at `url` from now on. */
  follow(url: string): void {
    if (url !== this.#url) this.#lastId = null;
    this.#url = url;
    this.#failures = 0;
    this.#connect();
  }

  /** The machine has slept: the connection may be dead without anybody having said so. */
  renew(): void {
    if (this.#url !== null) this.follow(this.#url);
  }

  close(): void {
    this.#url = null;
    this.#drop();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const request = this.#request;
    this.#request = null;
    request?.destroy();
  }

  #connect(): void {
    this.#drop();
    if (this.#url === null) return;
    const headers = this.#lastId === null ? {} : { 'last-event-id': this.#lastId };
    const request = http.get(new URL(PATH, this.#url), { agent: false, headers });
    this.#request = request;
    request.setTimeout(SILENCE_MS, () => request.destroy());
    request.once('response', (response) => this.#hear(request, response));
    // The `close` that follows an error says the rest.
    request.on('error', () => undefined);
    request.once('close', () => this.#again(request));
  }

  #hear(request: http.ClientRequest, response: http.IncomingMessage): void {
    if (response.statusCode !== 200) {
      request.destroy();
      return;
    }
    this.#failures = 0;
    this.#listeners.up?.();
    const parser = new EventParser();
    response.setEncoding('utf8').on('data', (piece: string) => {
      // What a connection that was given up still brings is not heard.
      if (request !== this.#request) return;
      for (const event of parser.push(piece)) this.#tell(event);
    });
    response.on('error', () => undefined);
  }

  #tell({ name, data, id }: ServerEvent): void {
    this.#lastId = id ?? this.#lastId;
    const listener = this.#listeners[name as keyof Events] as ((data: unknown) => void) | undefined;
    if (!listener) return;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      this.#warn(`the proxy sent a ${name} that is no JSON`);
      return;
    }
    listener(value);
  }

  #again(request: http.ClientRequest): void {
    if (request !== this.#request || this.#url === null) return;
    this.#failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    this.#timer = setTimeout(() => this.#connect(), pause);
    this.#listeners.down?.(this.#failures);
  }
}
