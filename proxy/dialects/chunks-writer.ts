import type { ServerResponse } from 'node:http';
import type { Delta, Finish, JsonObject } from '../chat/types.ts';
import { type AnswerWriter, PacketWriter, type ReceiptSoFar, sendError } from '../http/write.ts';
import { beginEvents } from './writers.ts';

/** What one of OpenAI's older APIs says in a stream. */
export interface Wording {
  /** Before the first piece. */
  opening?: JsonObject;
  piece(delta: Delta): JsonObject;
  ending(finish: Finish): JsonObject[];
}

/**
 * The answer as server-sent events without names, `[DONE]` at their end. Headers, and `begin`, wait for the first piece of
 * it: only then it is known who answers.
 */
export function chunksWriter(res: ServerResponse, receipt: ReceiptSoFar, begin: () => Wording): AnswerWriter {
  let wording: Wording | undefined;
  const packets = new PacketWriter(res);
  return {
    write(event) {
      if (event.type === 'error') {
        if (wording) packets.end(data({ ...event.error.body() }));
        else sendError(res, event.error, receipt());
        return;
      }
      if (event.type !== 'delta' && event.type !== 'finish') return;
      let opening = '';
      if (!wording) {
        beginEvents(res, receipt);
        wording = begin();
        if (wording.opening) opening = data(wording.opening);
      }
      if (event.type === 'delta') return packets.write(opening + data(wording.piece(event)));
      packets.end(`${opening}${wording.ending(event).map(data).join('')}data: [DONE]\n\n`);
    },
  };
}

const data = (json: JsonObject): string => `data: ${JSON.stringify(json)}\n\n`;
