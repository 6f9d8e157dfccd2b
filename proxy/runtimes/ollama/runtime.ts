import type { CompleteLink, JsonObject, RuntimeEvent } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';
import type { Link, OpenRuntime } from '../types.ts';
import { Blobs } from './blobs.ts';
import { chatBody } from './chat-body.ts';
import { ChunkReader } from './chunks.ts';
import { embed } from './embed.ts';
import { examineOllama } from './examine.ts';
import { failureOf } from './failures.ts';
import { generateBody } from './generate-body.ts';
import { hasModel } from './has-model.ts';
import { OllamaHttp, readLines, readText } from './http.ts';
import { placeOf } from './place.ts';
import { pullModel } from './pull.ts';
import { listResidents, load, tellLoading, unload } from './residency.ts';
import { Tags } from './tags.ts';

/** Ollama over its native API: only that one takes keep_alive, think, num_ctx and truncate. */
export const openOllama: OpenRuntime<'ollama'> = ({ url }, { warn }) => {
  const http = new OllamaHttp(url);
  const blobs = new Blobs(http, warn);
  const tags = new Tags(http, () => performance.now());
  return {
    complete: (link) => completeOn(http, link),
    tasks: ['embed', 'complete'],
    digest: (weights) => tags.digestOf(weights.name ?? ''),
    about: (weights, fresh) => tags.about(weights.name ?? '', fresh),
    residents: () => listResidents(http, blobs),
    load: (link, signal) => load(http, link, signal),
    unload: (key) => unload(http, key),
    has: (weights) => hasModel(http, weights.name ?? ''),
    place: (weights) => placeOf(weights, url),
    pull: (weights, tell, signal) => pullModel(http, weights, tell, signal),
    examine: (examination) => examineOllama(http, url, examination),
    renew: () => http.dropIdle(),
    close: async () => http.close(),
  };
};

/** What a link is asked, and where: a chat, a text that goes on, or vectors. */
function completeOn(http: OllamaHttp, link: Link): CompleteLink {
  return (request, signal) => {
    const { task } = request;
    if (task?.kind === 'embed') return embed(http, link, task, signal);
    if (task) return stream(http, link, '/api/generate', () => generateBody(link, request, task), signal);
    return stream(http, link, '/api/chat', () => chatBody(link, request), signal);
  };
}

async function* stream(
  http: OllamaHttp,
  link: Link,
  path: '/api/chat' | '/api/generate',
  bodyOf: () => JsonObject,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent> {
  const body = JSON.stringify(bodyOf());
  const sent = http.send({ method: 'POST', path, body, connectS: link.timeouts.connect, signal });
  const response = yield* tellLoading(http, link.weights.name ?? '', sent);
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    const part = path === '/api/chat' ? 'messages' : 'prompt';
    throw failureOf(status, response.headers['retry-after'], await readText(response), link, part);
  }
  const reader = new ChunkReader();
  let done = false;
  try {
    for await (const lines of readLines(response))
      for (const event of reader.read(lines)) {
        done ||= event.type === 'finish';
        yield event;
        if (done) return;
      }
  } catch (error) {
    if (signal.aborted || error instanceof LinkFailure) throw error;
    throw new LinkFailure('crash', `Ollama broke off the answer of ${link.model}`, { cause: error });
  } finally {
    // A finished answer is read to its last byte, so that the connection can be used again.
    if (done) response.resume();
    else response.destroy();
  }
  throw new LinkFailure('crash', `Ollama ended the answer of ${link.model} without saying that it is done`);
}
