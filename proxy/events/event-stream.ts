import type { Response } from 'express';
import type { Events } from '../contract.ts';

/** So that nothing on the way takes a quiet stream for a dead one. */
const SIGN_OF_LIFE_MS = 15_000;
/** How long a client waits before it comes back. */
const RETRY_MS = 1000;

/** One client's stream of server-sent events. A client that does not read is not written for, so that nothing piles up. */
export class EventStream {
  readonly #res: Response;
  readonly #alive: NodeJS.Timeout;
  /** Lines were left out. */
  #missed = false;
  /** What has changed while nothing could be written: the newest of each kind. */
  readonly #late = new Map<string, string>();

  /** Begins it. `id`: what the client is to name when it comes back; `newest`: the same, after something was left out. */
  constructor(res: Response, id: string, newest: () => string) {
    this.#res = res;
    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
    res.write(`retry: ${RETRY_MS}\nid: ${id}\n\n`);
    this.#alive = setInterval(() => this.#write(': still here\n\n'), SIGN_OF_LIFE_MS).unref();
    res.once('close', () => clearInterval(this.#alive));
    res.on('drain', () => {
      if (this.#missed) this.reset(newest());
      this.#missed = false;
      for (const [name, json] of this.#late) this.state(name, json);
    });
  }

  /** Something of which only the newest matters, as JSON. */
  state(name: string, json: string): void {
    if (this.#write(`event: ${name}\ndata: ${json}\n\n`)) this.#late.delete(name);
    else this.#late.set(name, json);
  }

  /** Lines that are told once. */
  requests(events: readonly { id: string; line: Events['request'] }[]): void {
    const text = events.map(({ id, line }) => `id: ${id}\nevent: request\ndata: ${JSON.stringify(line)}\n\n`);
    if (!this.#write(text.join(''))) this.#missed = true;
  }

  /** The client has missed lines that it cannot have any more. */
  reset(id: string): void {
    this.#write(`id: ${id}\nevent: reset\ndata: {}\n\n`);
  }

  #write(text: string): boolean {
    if (this.#res.writableNeedDrain || this.#res.writableEnded) return false;
    this.#res.write(text);
    return true;
  }
}
