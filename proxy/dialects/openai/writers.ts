import type { ServerResponse } from 'node:http';
import type { AnswerWriter, ReceiptSoFar } from '../../http/write.ts';
import { chunksWriter } from '../chunks-writer.ts';
import { envelopeOf } from '../envelope.ts';
import { jsonWriter } from '../writers.ts';
import { chunk, completion, toDelta, toLogprobs, usageChunk } from './chunks.ts';

/** The answer as one JSON object, at the end. */
export function wholeWriter(res: ServerResponse, receipt: ReceiptSoFar): AnswerWriter {
  return jsonWriter(res, receipt, (answer) => completion(envelopeOf(receipt, 'chatcmpl'), answer));
}

/** The answer as server-sent events. */
export function sseWriter(res: ServerResponse, receipt: ReceiptSoFar, includeUsage: boolean): AnswerWriter {
  return chunksWriter(res, receipt, () => {
    const envelope = envelopeOf(receipt, 'chatcmpl');
    let calls = 0;
    return {
      opening: chunk(envelope, { role: 'assistant', content: '' }, null),
      piece(delta) {
        const said = toDelta(delta, calls);
        calls += delta.toolCalls?.length ?? 0;
        return chunk(envelope, said, null, delta.logprobs && toLogprobs(delta.logprobs));
      },
      ending: ({ reason, usage }) => [
        chunk(envelope, {}, reason),
        ...(includeUsage ? [usageChunk(envelope, usage)] : []),
      ],
    };
  });
}
