import type { IncomingMessage } from 'node:http';
import type { RuntimeEvent } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';
import { ChunkReader } from './chunks.ts';
import type { OpenaiHttp } from './http.ts';
import { readEvents } from './sse.ts';

/** A server that does not stream sends one JSON object. */
const isWhole = ({ headers }: IncomingMessage): boolean =>
  /^application\/json/i.test(headers['content-type'] ?? '');

/**
 * The events of an answer, streamed or whole. `topLogprobs`: how many alternatives of a token were asked for. Throws
 * `LinkFailure('crash')` when it breaks off; what goes wrong after the server has said that it is done, breaks nothing.
 */
export async function* readAnswer(
  http: OpenaiHttp,
  response: IncomingMessage,
  topLogprobs: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent> {
  const reader = new ChunkReader(http.host, (text) => http.hide(text), topLogprobs);
  let done = false;
  try {
    if (isWhole(response)) for (const delta of reader.read(await http.read(response))) yield delta;
    else
      for await (const data of readEvents(response)) {
        done = data.trim() === '[DONE]';
        if (done) break;
        for (const delta of reader.read(data)) yield delta;
      }
  } catch (error) {
    if (signal.aborted) throw error;
    if (!reader.finished) {
      if (error instanceof LinkFailure) throw error;
      throw new LinkFailure('crash', `${http.host} broke off its answer`, { cause: error });
    }
  } finally {
    // A finished answer is read to its last byte, so that the connection can be used again.
    if (done) response.resume();
    else response.destroy();
  }
  yield* reader.end();
}
