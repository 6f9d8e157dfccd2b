import type { Response } from 'express';
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
export async function send(res: Response, text: string): Promise<void> {
  if (res.destroyed || res.write(text)) return;
  await drained(res);
}

/** Resolves when the client takes more, or is gone. It leaves no listener behind: a slow client has it called for every piece. */
function drained(res: Response): Promise<void> {
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
  readonly #res: Response;
  #pending = '';

  constructor(res: Response) {
    this.#res = res;
  }

  async write(text: string): Promise<void> {
    if (this.#pending === '') process.nextTick(() => this.#flush());
    this.#pending += text;
    if (this.#res.writableNeedDrain) await drained(this.#res);
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

/** An error as the whole response, in OpenAI's shape. */
export function sendError(res: Response, error: ApiError, receipt?: Receipt): void {
  if (receipt) res.set(receiptHeaders(receipt));
  if (error.retryAfter !== null) res.set('Retry-After', String(error.retryAfter));
  res.status(error.status).json(error.body());
}
