import type { ServerResponse } from 'node:http';

/** What the fake server can be told to do wrong, by name. Each is what some real server was seen to do. */
export type Fault =
  /** The key is refused, and repeated in the error. */
  | 'unauthorized'
  /** A full queue, with Retry-After. */
  | 'busy'
  | 'overloaded'
  /** Lists the model, and has it not. */
  | 'missing'
  | 'overflow'
  /** A page of a proxy in between. */
  | 'bad gateway'
  | 'redirect'
  /** Never says a word. */
  | 'silent'
  /** In mid-answer: the connection ends, the stream ends, an event is no JSON, or is cut, or is an error, or is endless. */
  | 'reset'
  | 'ends early'
  | 'no json'
  | 'cut event'
  | 'error event'
  | 'endless event'
  /** It stops by itself, for a reason that is none. */
  | 'aborts'
  /** No [DONE] after the finish; no finish before it. */
  | 'no done'
  | 'no finish'
  /** After the finish the connection ends. */
  | 'reset after finish'
  /** It does not stream. */
  | 'whole';

type Refusal = [status: number, error: object | string, headers?: Record<string, string>];

/** Faults instead of an answer. `key`: as the client sent it. */
const REFUSALS: { [K in Fault]?: (model: string, key: string) => Refusal } = {
  unauthorized: (_, key) => [
    401,
    {
      error: {
        message: `Incorrect API key provided: ${key}.`,
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    },
  ],
  busy: () => [429, { error: { message: 'Rate limit reached', type: 'requests' } }, { 'retry-after': '7' }],
  overloaded: () => [503, { detail: 'The server is overloaded' }],
  missing: (model) => [
    404,
    { object: 'error', message: `The model \`${model}\` does not exist.`, type: 'NotFoundError', code: 404 },
  ],
  overflow: () => [
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 6030,
        n_ctx: 2048,
      },
    },
  ],
  'bad gateway': () => [502, '<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>'],
  redirect: () => [308, '', { location: 'https://elsewhere.example/v1/chat/completions' }],
};

/** Answers with a fault that is a refusal; false when it is none. */
export function refuse(res: ServerResponse, fault: Fault | null, model: string, key: string): boolean {
  const refusal = fault && REFUSALS[fault]?.(model, key);
  if (!refusal) return false;
  const [status, error, headers = {}] = refusal;
  const isPage = typeof error === 'string';
  res.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json', ...headers });
  res.end(isPage ? error : JSON.stringify(error));
  return true;
}
