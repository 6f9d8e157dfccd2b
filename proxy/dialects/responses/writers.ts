import type { ServerResponse } from 'node:http';
import type { Finish, JsonObject } from '../../chat/types.ts';
import type { ApiError } from '../../errors.ts';
import { type AnswerWriter, PacketWriter, type ReceiptSoFar, sendError } from '../../http/write.ts';
import { beginEvents, jsonWriter } from '../writers.ts';
import { Output, type OutputEvent } from './output.ts';
import { type Asked, bare, responseObject, type State, statusOf } from './response.ts';

/** The response as one JSON object, at the end. */
export function wholeWriter(res: ServerResponse, receipt: ReceiptSoFar, asked: Asked): AnswerWriter {
  return jsonWriter(res, receipt, ({ text, reasoning, toolCalls, logprobs, finish, usage }) => {
    const output = new Output(asked, bare(receipt().request_id));
    output.add({ type: 'delta', reasoning, text, toolCalls, ...(logprobs.length > 0 && { logprobs }) });
    const status = statusOf(finish);
    output.end(status);
    return responseObject(asked, receipt(), { status, output: output.items, usage });
  });
}

/** The response as server-sent events. Headers wait for the first piece of it: only then it is known who answers. */
export function eventWriter(res: ServerResponse, receipt: ReceiptSoFar, asked: Asked): AnswerWriter {
  const packets = new PacketWriter(res);
  let telling: Telling | undefined;
  return {
    write(event) {
      if (event.type === 'error') {
        if (telling) packets.end(telling.failed(event.error));
        else sendError(res, event.error, receipt());
        return;
      }
      if (event.type !== 'delta' && event.type !== 'finish') return;
      let opening = '';
      if (!telling) {
        beginEvents(res, receipt);
        telling = new Telling(asked, receipt);
        opening = telling.begun();
      }
      if (event.type === 'delta') return packets.write(opening + telling.events(telling.output.add(event)));
      packets.end(opening + telling.finished(event));
    },
  };
}

/** A response under way, as the text of its events. */
class Telling {
  readonly output: Output;
  readonly #asked: Asked;
  readonly #receipt: ReceiptSoFar;
  #number = 0;

  constructor(asked: Asked, receipt: ReceiptSoFar) {
    this.output = new Output(asked, bare(receipt().request_id));
    this.#asked = asked;
    this.#receipt = receipt;
  }

  events(events: readonly OutputEvent[]): string {
    return events
      .map(({ type, ...facts }) => {
        const json = JSON.stringify({ type, sequence_number: this.#number++, ...facts });
        return `event: ${type}\ndata: ${json}\n\n`;
      })
      .join('');
  }

  begun(): string {
    const response = this.#response({ status: 'in_progress', output: [] });
    return this.events([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]);
  }

  finished({ reason, usage }: Finish): string {
    const status = statusOf(reason);
    const last = this.output.end(status);
    const response = this.#response({ status, output: this.output.items, usage });
    return this.events([...last, { type: `response.${status}`, response }]);
  }

  /** Some clients look at the response, and some only at an error; those look for it at its top, or in a field. */
  failed(error: ApiError): string {
    const { message, param, code } = error;
    const response = this.#response({ status: 'failed', output: this.output.items, error });
    return this.events([
      { type: 'response.failed', response },
      { type: 'error', code, message, param, error: { ...error.body().error } },
    ]);
  }

  #response(state: State): JsonObject {
    return responseObject(this.#asked, this.#receipt(), state);
  }
}
