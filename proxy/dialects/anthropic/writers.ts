import type { ServerResponse } from 'node:http';
import { addToAnswer, emptyAnswer } from '../../chat/answer.ts';
import type { ApiError } from '../../errors.ts';
import { receiptHeaders } from '../../http/receipt-headers.ts';
import { type AnswerWriter, PacketWriter, type ReceiptSoFar, sendError, sendJson } from '../../http/write.ts';
import { beginEvents } from '../writers.ts';
import { BlockEvents, event } from './block-events.ts';
import { contentOf, errorOf, messageOf, NO_USAGE, stopOf, usageOf } from './content.ts';

/** Where Anthropic's clients look for the id of a request. */
const REQUEST_ID = 'request-id';

/** The answer as one `message`, at the end. `shown`: with what the model thought. */
export function messageWriter(res: ServerResponse, receipt: ReceiptSoFar, shown: boolean): AnswerWriter {
  const answer = emptyAnswer();
  return {
    write(given) {
      addToAnswer(answer, given);
      if (given.type === 'error') refuse(res, given.error, receipt);
      if (given.type !== 'finish') return;
      const facts = receipt();
      const end = { ...stopOf(given.reason), usage: usageOf(given.usage) };
      res.setHeader(REQUEST_ID, facts.request_id);
      sendJson(res, 200, messageOf(facts, contentOf(answer, shown), end), receiptHeaders(facts));
    },
  };
}

/** The answer as server-sent events. Headers wait for the first piece of it: only then it is known who answers. */
export function eventsWriter(res: ServerResponse, receipt: ReceiptSoFar, shown: boolean): AnswerWriter {
  const packets = new PacketWriter(res);
  const blocks = new BlockEvents(shown);
  let begun = false;
  const opening = (): string => {
    if (begun) return '';
    begun = true;
    const facts = receipt();
    res.setHeader(REQUEST_ID, facts.request_id);
    beginEvents(res, receipt);
    const message = messageOf(facts, [], { stop_reason: null, stop_sequence: null, usage: NO_USAGE });
    return event('message_start', { message });
  };
  return {
    write(given) {
      if (given.type === 'error') {
        if (begun) packets.end(event('error', errorOf(given.error, receipt())));
        else refuse(res, given.error, receipt);
      } else if (given.type === 'delta') {
        const piece = blocks.add(given);
        if (piece !== '') return packets.write(opening() + piece);
      } else if (given.type === 'finish') {
        const end = event('message_delta', { delta: stopOf(given.reason), usage: usageOf(given.usage) });
        packets.end(`${opening()}${blocks.end()}${end}${event('message_stop', {})}`);
      }
    },
  };
}

/** Answers with an error before anything else was said. */
export function refuse(res: ServerResponse, error: ApiError, receipt: ReceiptSoFar): void {
  const facts = receipt();
  res.setHeader(REQUEST_ID, facts.request_id);
  sendError(res, error, facts, errorOf(error, facts));
}
