import type { ServerResponse } from 'node:http';
import { addToAnswer, emptyAnswer } from '../../chat/answer.ts';
import type { ChatEvent, Delta, JsonObject } from '../../chat/types.ts';
import { receiptHeaders } from '../../http/receipt-headers.ts';
import {
  type AnswerWriter,
  beginEvents,
  PacketWriter,
  type ReceiptSoFar,
  sendError,
  sendJson,
} from '../../http/write.ts';
import { chunk, completion, type Envelope, toDelta, toLogprobs, usageChunk } from './chunks.ts';

/** The answer as one JSON object, at the end. */
export function jsonWriter(res: ServerResponse, receipt: ReceiptSoFar): AnswerWriter {
  const answer = emptyAnswer();
  return {
    write(event) {
      addToAnswer(answer, event);
      if (event.type === 'error') sendError(res, event.error, receipt());
      if (event.type !== 'finish') return;
      sendJson(res, 200, completion(envelopeOf(receipt), answer), receiptHeaders(receipt()));
    },
  };
}

/** The answer as server-sent events. Headers wait for the first piece of it: only then it is known who answers. */
export function sseWriter(res: ServerResponse, receipt: ReceiptSoFar, includeUsage: boolean): AnswerWriter {
  let envelope: Envelope | undefined;
  const packets = new PacketWriter(res);
  let calls = 0;
  return {
    write(event: ChatEvent) {
      if (event.type === 'error') {
        if (envelope) packets.end(data({ ...event.error.body() }));
        else sendError(res, event.error, receipt());
        return;
      }
      if (event.type !== 'delta' && event.type !== 'finish') return;
      let opening = '';
      if (!envelope) {
        beginEvents(res, receipt());
        envelope = envelopeOf(receipt);
        opening = data(chunk(envelope, { role: 'assistant', content: '' }, null));
      }
      if (event.type === 'delta') {
        const piece = data(deltaChunk(envelope, event, calls));
        calls += event.toolCalls?.length ?? 0;
        return packets.write(opening + piece);
      }
      const usage = includeUsage ? data(usageChunk(envelope, event.usage)) : '';
      packets.end(`${opening}${data(chunk(envelope, {}, event.reason))}${usage}data: [DONE]\n\n`);
    },
  };
}

function deltaChunk(envelope: Envelope, delta: Delta, calls: number): JsonObject {
  return chunk(envelope, toDelta(delta, calls), null, delta.logprobs && toLogprobs(delta.logprobs));
}

function envelopeOf(receipt: ReceiptSoFar): Envelope {
  const { request_id, ts, served_by, model } = receipt();
  return { id: `chatcmpl-${request_id}`, created: Math.floor(ts), model: served_by ?? model };
}

const data = (json: JsonObject): string => `data: ${JSON.stringify(json)}\n\n`;
