import type { ServerResponse } from 'node:http';
import type { ChatRequest } from '../chat/types.ts';
import type { AnswerWriter, ReceiptSoFar } from '../http/write.ts';

/** A client's body, understood, and how to answer it. */
export interface Understood {
  request: Omit<ChatRequest, 'id' | 'strict' | 'room' | 'cache' | 'from'>;
  /** Fields that were sent and have no effect here, for `X-Ignored-Params`. */
  ignored: string[];
  /** Whom the client says that it asks for, and what it keeps beside the request: both are for the log. */
  user: string | null;
  metadata: Record<string, string> | null;
  writer(res: ServerResponse, receipt: ReceiptSoFar): AnswerWriter;
}

/** One of the APIs that clients speak. It translates; what happens to a request is the same for all of them. */
export interface Dialect {
  /** Throws `ApiError` 400 that names the field which cannot be honoured. */
  parse(body: unknown): Understood;
  /** Answers a request that was refused before it was understood. */
  refusal(res: ServerResponse, receipt: ReceiptSoFar): AnswerWriter;
}
