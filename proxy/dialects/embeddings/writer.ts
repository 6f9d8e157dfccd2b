import type { ServerResponse } from 'node:http';
import { endianness } from 'node:os';
import type { Json, JsonObject, Usage } from '../../chat/types.ts';
import { receiptHeaders } from '../../http/receipt-headers.ts';
import { type AnswerWriter, type ReceiptSoFar, sendError, sendJson } from '../../http/write.ts';

type Encoding = 'float' | 'base64';

/** All vectors as one JSON object, at the end. */
export function vectorsWriter(res: ServerResponse, receipt: ReceiptSoFar, encoding: Encoding): AnswerWriter {
  let vectors: number[][] = [];
  return {
    write(event) {
      if (event.type === 'attempt' && event.state === 'started') vectors = [];
      else if (event.type === 'delta') vectors.push(...(event.embeddings ?? []));
      else if (event.type === 'error') sendError(res, event.error, receipt());
      else if (event.type === 'finish') {
        const facts = receipt();
        const body = list(vectors, encoding, facts.served_by ?? facts.model, event.usage);
        sendJson(res, 200, body, receiptHeaders(facts));
      }
    },
  };
}

function list(vectors: readonly number[][], encoding: Encoding, model: string, usage: Usage): JsonObject {
  const tokens = usage.promptTokens ?? 0;
  return {
    object: 'list',
    data: vectors.map((vector, index): Json => {
      return { object: 'embedding', index, embedding: encoding === 'base64' ? base64(vector) : vector };
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** 32-bit floats, the lowest byte first: what OpenAI's clients ask for by themselves. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.from(Float32Array.from(vector).buffer);
  return (endianness() === 'LE' ? bytes : bytes.swap32()).toString('base64');
}
