import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { type RealOllama, startRealOllama } from '../helpers/real-ollama.ts';
import { jsonOf } from '../helpers/requests.ts';

/** Holds the fake to the real Ollama: the same requests to both, the same statuses, error texts and shapes. */

const ABLE = 'able:test';
const TINY = 'tiny:test';
const VECTORS = 'vectors:test';
const FILLS = 'fills:test';
let fake: FakeOllama;
let real: RealOllama | string;
beforeAll(async () => {
  fake = await FakeOllama.start({
    models: [
      { name: ABLE },
      { name: TINY, capabilities: ['completion'] },
      { name: VECTORS, capabilities: ['embedding'] },
      { name: FILLS, capabilities: ['completion', 'insert'] },
    ],
  });
  real = await startRealOllama();
});
afterAll(async () => {
  await fake.close();
  if (typeof real !== 'string') await real.close();
});

interface Said {
  status: number;
  type: string;
  /** An error's text. */
  error: string | null;
  /** For each line, what it is made of. Repeated shapes once. */
  shapes: string[];
  last: Record<string, unknown>;
}

async function say(url: string, path: string, body: unknown, method: string): Promise<Said> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const lines = type.includes('json')
    ? text
        .trim()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line))
    : [];
  const last = lines.at(-1) ?? {};
  const { error } = last;
  return {
    status: response.status,
    type,
    error: typeof error === 'string' ? error : null,
    shapes: [...new Set(lines.map(shapeOf))],
    last,
  };
}

/** Keys and types, as far down as objects go; lists by their first item. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length > 0 ? shapeOf(value[0]) : ''}]`;
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${key}:${shapeOf(inner)}`).join(',')}}`;
}

const user = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content, ...more }] });
/** One thread: two would wait for each other whenever another test needs a core. */
const options = { num_ctx: 512, num_predict: 1, temperature: 0, num_thread: 1 };
const tools = [{ type: 'function', function: { name: 'x', parameters: { type: 'object', properties: {} } } }];

/** Name, path, body, and the status and error text that both must give. */
const cases: [string, string, unknown, number, string?][] = [
  ['a chat, streamed', '/api/chat', { model: ABLE, ...user('count'), options }, 200],
  ['a chat in one piece', '/api/chat', { model: ABLE, ...user('count'), options, stream: false }, 200],
  [
    'log probabilities',
    '/api/chat',
    { model: ABLE, ...user('count'), options, logprobs: true, top_logprobs: 1 },
    200,
  ],
  [
    'JSON by a schema',
    '/api/chat',
    {
      model: ABLE,
      ...user('count'),
      options: { ...options, num_predict: 60 },
      stream: false,
      format: { type: 'object', properties: { a: { enum: ['b'] } }, required: ['a'] },
    },
    200,
  ],
  ['a load', '/api/chat', { model: ABLE, messages: [], options }, 200],
  ['a load by /api/generate', '/api/generate', { model: ABLE, options, keep_alive: 60 }, 200],
  ['thinking off', '/api/chat', { model: ABLE, ...user('count'), options, think: false, stream: false }, 200],
  [
    'thinking where there is none',
    '/api/chat',
    { model: ABLE, ...user('x'), think: true },
    400,
    `"${ABLE}" does not support thinking`,
  ],
  [
    'tools where there are none',
    '/api/chat',
    { model: TINY, ...user('x'), tools },
    400,
    `registry.ollama.ai/library/${TINY} does not support tools`,
  ],
  [
    'a picture where there are no eyes',
    '/api/chat',
    { model: ABLE, ...user('x', { images: ['aGVsbG8='] }), options },
    500,
    '{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}',
  ],
  [
    'a duration without unit',
    '/api/chat',
    { model: ABLE, ...user('x'), keep_alive: '30' },
    400,
    'time: missing unit in duration "30"',
  ],
  [
    'a duration below zero without unit',
    '/api/chat',
    { model: ABLE, ...user('x'), keep_alive: '-1' },
    400,
    'time: missing unit in duration "-1"',
  ],
  ['a missing model', '/api/chat', { model: 'nope', ...user('x') }, 404, "model 'nope' not found"],
  ['a missing model, shown', '/api/show', { model: 'nope' }, 404, "model 'nope:latest' not found"],
  ['no model', '/api/chat', {}, 400, 'model is required'],
  ['no body', '/api/chat', '', 400, 'missing request body'],
  ['half a body', '/api/chat', '{"model":"x"', 400, 'unexpected EOF'],
  ['a pull of nothing', '/api/pull', {}, 400, 'invalid model name'],
  ['a pull of what is no name', '/api/pull', { model: 'a b' }, 400, 'invalid model name'],
  ['a pull without a body', '/api/pull', '', 400, 'missing request body'],
  [
    'a pull from a registry that does not answer',
    '/api/pull',
    { model: '127.0.0.1:1/x/y:z', stream: true },
    200,
    'pull model manifest: Get "https://127.0.0.1:1/v2/x/y/manifests/z": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ['a text that goes on', '/api/generate', { model: TINY, prompt: 'one two', raw: true, options }, 200],
  [
    'a text that goes on, in one piece, with log probabilities',
    '/api/generate',
    {
      ...{ model: TINY, prompt: 'one two', raw: true, stream: false },
      ...{ options, shift: false, logprobs: true, top_logprobs: 1 },
    },
    200,
  ],
  [
    'a suffix where the template has no place for one',
    '/api/generate',
    { model: TINY, prompt: 'x', suffix: 'y', options },
    400,
    `registry.ollama.ai/library/${TINY} does not support insert`,
  ],
  [
    'nothing before a suffix: only a load',
    '/api/generate',
    { model: FILLS, prompt: '', suffix: 'y', options },
    200,
  ],
  ['no model to go on', '/api/generate', { prompt: 'x' }, 404, "model '' not found"],
  [
    'a missing model to go on',
    '/api/generate',
    { model: 'nope', prompt: 'x' },
    404,
    "model 'nope' not found",
  ],
  ['vectors', '/api/embed', { model: VECTORS, input: ['a', 'b c'], truncate: false, options }, 200],
  ['a vector', '/api/embed', { model: VECTORS, input: 'a', truncate: false, options, dimensions: 4 }, 200],
  ['no vectors: only a load', '/api/embed', { model: VECTORS, input: [], options, keep_alive: 60 }, 200],
  ['no vectors of what makes none', '/api/embed', { model: TINY, input: [], options }, 200],
  [
    'vectors of what makes none',
    '/api/embed',
    { model: TINY, input: ['a'], options },
    501,
    'This server does not support embeddings. Start it with `--embeddings`',
  ],
  ['vectors of what is no text', '/api/embed', { model: 'nope', input: [[1, 2]] }, 400, 'invalid input type'],
  [
    'a vector of a text over the context',
    '/api/embed',
    { model: VECTORS, input: ['a', 'word '.repeat(800)], truncate: false, options },
    400,
    'the input length exceeds the context length',
  ],
  [
    'vectors of a missing model',
    '/api/embed',
    { model: 'nope', input: ['a'] },
    404,
    'model "nope" not found, try pulling it first',
  ],
  ['vectors of no model', '/api/embed', { input: ['a'] }, 404, "model '' not found"],
  [
    'vectors for a duration without unit',
    '/api/embed',
    { model: VECTORS, input: ['a'], keep_alive: '30' },
    400,
    'time: missing unit in duration "30"',
  ],
  [
    'a chat with what makes vectors',
    '/api/chat',
    { model: VECTORS, ...user('x') },
    400,
    `"${VECTORS}" does not support chat`,
  ],
  [
    'a load, by /api/generate, of what makes vectors',
    '/api/generate',
    { model: VECTORS, keep_alive: 60 },
    400,
    `"${VECTORS}" does not support generate`,
  ],
  ['an unload of what makes vectors', '/api/generate', { model: VECTORS, keep_alive: 0, stream: false }, 200],
  ['an unload', '/api/chat', { model: ABLE, messages: [], keep_alive: 0 }, 200],
];

describe('fake and real Ollama', () => {
  it.each(cases)('%s', async (_name, path, body, status, error) => {
    const faked = await say(fake.url, path, body, 'POST');
    expect({ status: faked.status, error: faked.error }).toEqual({ status, error: error ?? null });
    if (typeof real === 'string') return;
    const truly = await say(real.url, path, body, 'POST');
    expect({ ...faked, last: {} }).toEqual({ ...truly, last: {} });
    expect(faked.last.done_reason).toBe(truly.last.done_reason);
  });

  it('a prompt over the context, with both numbers', async () => {
    const body = { model: ABLE, ...user('word '.repeat(800)), truncate: false, options };
    const faked = await say(fake.url, '/api/chat', body, 'POST');
    expect(withoutNumbers(faked.error)).toMatch(
      /^\{"error":\{"code":N,"message":"request \(N tokens\) exceeds the available context size \(N tokens\)/,
    );
    if (typeof real === 'string') return;
    const truly = await say(real.url, '/api/chat', { ...body, model: real.able }, 'POST');
    expect([faked.status, withoutNumbers(faked.error)]).toEqual([truly.status, withoutNumbers(truly.error)]);
  });

  it.each(['/api/version', '/api/tags', '/api/ps', '/', '/api/nothing'])(
    'GET %s, with a model in memory',
    async (path) => {
      await say(fake.url, '/api/chat', { model: ABLE, messages: [], keep_alive: 60 }, 'POST');
      const faked = await say(fake.url, path, undefined, 'GET');
      expect(faked.status).toBe(path === '/api/nothing' ? 404 : 200);
      if (typeof real === 'string') return;
      await say(real.url, '/api/chat', { model: real.able, messages: [], keep_alive: 60 }, 'POST');
      const truly = await say(real.url, path, undefined, 'GET');
      expect({ ...faked, last: {} }).toEqual({ ...truly, last: {} });
    },
  );

  it('vectors have length 1, are cut to what is asked for, and never made longer', async () => {
    const lengths = async (url: string) =>
      Promise.all(
        [undefined, 4, 4000].map(async (dimensions) => {
          const body = { model: VECTORS, input: ['toast'], ...(dimensions && { dimensions }) };
          const { last } = await say(url, '/api/embed', body, 'POST');
          const [vector = []] = last.embeddings as number[][];
          return [vector.length, Number(Math.hypot(...vector).toFixed(4))];
        }),
      );
    const expected = [
      [128, 1],
      [4, 1],
      [128, 1],
    ];
    expect(await lengths(fake.url)).toEqual(expected);
    if (typeof real !== 'string') expect(await lengths(real.url)).toEqual(expected);
  });

  it('what a model can do is shown, of one made of a GGUF as of any', async () => {
    const shown = async (url: string) =>
      Promise.all(
        [TINY, FILLS, VECTORS].map(
          async (model) => (await say(url, '/api/show', { model }, 'POST')).last.capabilities,
        ),
      );
    const expected = [['completion'], ['completion', 'insert'], ['embedding']];
    expect(await shown(fake.url)).toEqual(expected);
    if (typeof real !== 'string') expect(await shown(real.url)).toEqual(expected);
  });

  it('a suffix is put into the template, and left out when raw', async () => {
    const fill = async (url: string, fields: object) => {
      const body = { model: FILLS, prompt: 'count', suffix: 'call', stream: false, ...fields };
      const more = { options: { ...options, num_predict: 6 } };
      const { last } = await say(url, '/api/generate', { ...body, ...more }, 'POST');
      return last.response;
    };
    expect(await fill(fake.url, {})).not.toBe(await fill(fake.url, { raw: true }));
    if (typeof real === 'string') return;
    expect(String(await fill(real.url, {})).trim()).toBe('Bread, made warm and brown.');
    expect(String(await fill(real.url, { raw: true })).trim()).toMatch(/^one two/);
  });

  it('a load is enough for an answer with the same options, and not for one with another context or shift', async () => {
    const reloads = async (url: string, preload: object, chat: object): Promise<boolean> => {
      await say(url, '/api/generate', { model: TINY, keep_alive: 0 }, 'POST');
      await say(url, '/api/generate', { model: TINY, ...preload }, 'POST');
      const { last } = await say(url, '/api/chat', { model: TINY, ...user('count'), ...chat }, 'POST');
      return Number(last.load_duration) > 100e6;
    };
    fake.set({ name: TINY, loadMs: 150 });
    const bare = { options };
    for (const [preload, chat, again] of [
      [bare, bare, false],
      [{ ...bare, shift: false }, { ...bare, shift: false }, false],
      [bare, { ...bare, shift: false }, true],
      [bare, { options: { ...options, num_ctx: 256 } }, true],
    ] as const) {
      expect(await reloads(fake.url, preload, chat)).toBe(again);
      if (typeof real !== 'string') expect(await reloads(real.url, preload, chat)).toBe(again);
    }
  });

  it('an unload of a model that is answering waits for it, and meanwhile lists it as expired', async () => {
    fake.set({ name: ABLE, tokenMs: 5, reply: 'word '.repeat(200) });
    const unloads = async (url: string): Promise<unknown[]> => {
      const long = { model: ABLE, ...user('count'), options: { ...options, num_predict: 60 } };
      const answer = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify(long) });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      await reader?.read();
      const unload = await say(url, '/api/generate', { model: ABLE, keep_alive: 0 }, 'POST');
      const { models } = await jsonOf(await fetch(`${url}/api/ps`));
      const listed = models.find(({ name }: { name: string }) => name === ABLE);
      let text = '';
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
        text += read.value;
      return [unload.status, Date.parse(listed?.expires_at) <= Date.now(), text.includes('"done":true')];
    };
    expect(await unloads(fake.url)).toEqual([200, true, true]);
    if (typeof real !== 'string') expect(await unloads(real.url)).toEqual([200, true, true]);
  });

  it('was held to a real one', (context) => {
    if (typeof real === 'string') context.skip(`${real}; only the fake was asked`);
  });
});

const withoutNumbers = (text: string | null) => text?.replaceAll(/\d+/g, 'N');
