import type { ServerResponse } from 'node:http';
import { type Answer, addToAnswer, emptyAnswer } from '../chat/answer.ts';
import type { JsonObject } from '../chat/types.ts';
import { receiptHeaders } from '../http/receipt-headers.ts';
import { type AnswerWriter, type ReceiptSoFar, sendError, sendJson } from '../http/write.ts';

/** Writes an error in OpenAI's shape, and knows of no answer. */
export function errorWriter(res: ServerResponse, receipt: ReceiptSoFar): AnswerWriter {
  return {
    write(event) {
      if (event.type === 'error') sendError(res, event.error, receipt());
    },
  };
}

/** The answer as one JSON object, at the end; `body` makes it. */
export function jsonWriter(
  res: ServerResponse,
  receipt: ReceiptSoFar,
  body: (answer: Answer) => JsonObject,
): AnswerWriter {
  const answer = emptyAnswer();
  return {
    write(event) {
      addToAnswer(answer, event);
      if (event.type === 'error') sendError(res, event.error, receipt());
      if (event.type === 'finish') sendJson(res, 200, body(answer), receiptHeaders(receipt()));
    },
  };
}

/** Begins an answer of server-sent events. The receipt's headers go out here: by now it has to be known who answers. */
export function beginEvents(res: ServerResponse, receipt: ReceiptSoFar): void {
  res.writeHead(200, {
    ...receiptHeaders(receipt()),
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache',
    'X-Accel-Buffering': 'no',
  });
}
