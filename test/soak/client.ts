import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Planned, TIERS } from './plan.ts';

/** What became of a request, as its client saw it. */
export interface Heard {
  /** Null where no response has begun. */
  status: number | null;
  headers: IncomingMessage['headers'];
  trailers: IncomingMessage['trailers'];
  body: string;
  /** `end`: the response came to its end. `left`: the client went away before. `cut`: the server did. */
  over: 'end' | 'left' | 'cut' | 'hung';
  ms: number;
}

/** No request takes longer, whatever happens: a council with all the times of all its links. */
export const BOUND_MS = 60_000;

/** Connections that are kept, for those clients that do not leave. */
export const keptConnections = (): http.Agent => new http.Agent({ keepAlive: true });

/** Asks as planned, and reads until it is over. */
export async function ask(url: string, planned: Planned, kept: http.Agent): Promise<Heard> {
  const began = performance.now();
  const heard: Heard = { status: null, headers: {}, trailers: {}, body: '', over: 'cut', ms: 0 };
  const { path, headers, body } = planned.door === 'ask' ? askForm(planned) : chatBody(planned);
  const request = http.request(url + path, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: planned.leaves === null && kept,
  });
  const give = (over: 'left' | 'hung', how: 'end' | 'reset'): void => {
    heard.over = over;
    if (how === 'end') request.destroy();
    else request.socket?.resetAndDestroy();
  };
  const bound = setTimeout(() => give('hung', 'reset'), BOUND_MS);
  let leaving: NodeJS.Timeout | undefined;
  // Only what has been sent can be known to have come.
  request.once('finish', () => {
    const { leaves } = planned;
    if (leaves) leaving = setTimeout(() => give('left', leaves.how), leaves.afterMs);
  });
  request.end(body);
  try {
    await read(await responseTo(request), planned, heard);
  } catch (error) {
    if (heard.over === 'cut') heard.body += `\n(${error})`;
  }
  clearTimeout(bound);
  clearTimeout(leaving);
  return { ...heard, ms: performance.now() - began };
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // One that comes later is the response's.
    request.on('error', reject);
    request.once('close', () => reject(new Error('closed')));
  });
}

async function read(response: IncomingMessage, { readsAfterMs }: Planned, heard: Heard): Promise<void> {
  heard.status = response.statusCode ?? null;
  heard.headers = response.headers;
  response.setEncoding('utf8');
  for await (const piece of response) {
    heard.body += piece;
    if (readsAfterMs > 0) await sleep(readsAfterMs);
  }
  heard.trailers = response.trailers;
  if (response.complete && heard.over === 'cut') heard.over = 'end';
}

interface Message {
  path: string;
  headers: Record<string, string>;
  body: string;
}

function chatBody({ model, text, stream, strict, cache, maxTokens }: Planned): Message {
  return {
    path: '/v1/chat/completions',
    headers: {
      'content-type': 'application/json',
      ...(strict && { 'x-strict': '1' }),
      ...(cache && { 'x-cache': 'use' }),
    },
    body: JSON.stringify({
      model,
      stream,
      messages: [{ role: 'user', content: text }],
      ...(maxTokens !== null && { max_tokens: maxTokens }),
    }),
  };
}

function askForm({ model, text, strict, maxTokens, timeoutS }: Planned): Message {
  const flags = [
    `--${TIERS[model]}`,
    ...(strict ? ['--strict'] : []),
    ...(maxTokens === null ? [] : [`--max-tokens=${maxTokens}`]),
    ...(timeoutS === null ? [] : [`--timeout=${timeoutS.toFixed(1)}s`]),
  ];
  return {
    path: '/ask',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-ask': '1' },
    body: new URLSearchParams([...flags, '--', text].map((word): [string, string] => ['a', word])).toString(),
  };
}
