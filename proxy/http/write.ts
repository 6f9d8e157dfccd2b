import type { ServerResponse } from 'node:http';
import type { ChatEvent } from '../chat/types.ts';
import type { Receipt } from '../contract.ts';
import type { ApiError } from '../errors.ts';
import { receiptHeaders } from './receipt-headers.ts';

/** Turns the events of one request into its response. It gets every event, in order, and ends the response itself. */
export interface AnswerWriter {
  write(event: ChatEvent): Promise<void> | void;
}

/** The receipt as it stands: whoever writes headers looks at it at that moment. */
export type ReceiptSoFar = () => Receipt;

/** Writes, and waits while the client is slower than the model. A client that went away is no error here. */
export async function send(res: ServerResponse, text: string): Promise<void> {
  if (res.destroyed || res.write(text)) return;
  await drained(res);
}

/** Resolves when the client takes more, or is gone. It leaves no listener behind: a slow client has it called for every piece. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    if (res.destroyed) resolve();
    else res.on('drain', done).on('close', done);
  });
}

/**
 * As `send`, and what is written before Node comes round to anything else leaves in one packet: runtimes often send
 * several tokens at once.
 */
export class PacketWriter {
  readonly #res: ServerResponse;
  #pending = '';

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  /** A promise only where there is something to wait for: most pieces need none, and one has its price. */
  write(text: string): Promise<void> | void {
    if (this.#pending === '') process.nextTick(() => this.#flush());
    this.#pending += text;
    if (this.#res.writableNeedDrain) return drained(this.#res);
  }

  /** Writes the last of it. */
  end(text: string): void {
    this.#res.end(this.#pending + text);
    this.#pending = '';
  }

  #flush(): void {
    if (this.#pending !== '' && !this.#res.destroyed) this.#res.write(this.#pending);
    this.#pending = '';
  }
}

/** An error as the whole response: in OpenAI's shape, unless a dialect has a body of its own. */
export function sendError(
  res: ServerResponse,
  error: ApiError,
  receipt?: Receipt,
  body: object = error.body(),
): void {
  sendJson(res, error.status, body, {
    ...(receipt && receiptHeaders(receipt)),
    ...(error.retryAfter !== null && { 'Retry-After': String(error.retryAfter) }),
  });
}

/** A whole response in JSON. */
export function sendJson(
  res: ServerResponse,
  status: number,
  content: object,
  headers: Record<string, string>,
): void {
  const body = JSON.stringify(content);
  res.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
}
