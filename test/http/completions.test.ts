import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { FAKE_MODELS, startToaster, type TestToaster } from '../helpers/toaster.ts';

const WEIGHTS = 'qwen3-coder:30b';
let toaster: TestToaster;
let client: OpenAI;
beforeAll(async () => {
  toaster = await startToaster({
    models: `  tiny: {}
  fills: { weights: fills, system: Be brief. }
  infiller: { weights: infiller }
  fast-9b: { system: Be brief. }`,
    weights: `  fills: { runtime: llamacpp, file: fills.gguf, size_gb: 0.01, context: 256 }
  infiller: { runtime: ollama, name: "infiller:7b", size_gb: 4, context: 4096 }`,
    fake: { models: [...FAKE_MODELS, { name: 'infiller:7b', capabilities: ['completion', 'insert'] }] },
    gguf: { 'fills.gguf': { infill: true } },
  });
  client = new OpenAI({ baseURL: `${toaster.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const post = (fields: object, headers = {}) =>
  toaster.post('/v1/completions', { model: 'coder-30b', prompt: 'def add', ...fields }, headers);
const lastSent = () => toaster.fake.seen.filter(({ path }) => path === '/api/generate').at(-1)?.body;
const lastLine = () => toaster.log().at(-1) ?? {};

describe("OpenAI's own client", () => {
  it('gets a whole completion', async () => {
    const answer = await client.completions.create({ model: 'coder-30b', prompt: ['def add'] });
    expect(answer).toEqual({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      created: expect.any(Number),
      model: 'coder-30b',
      choices: [{ index: 0, text: 'echo: def add', logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    });
  });

  it('gets a stream, with usage at its end when it asks for that', async () => {
    const stream = await client.completions.create({
      ...{ model: 'coder-30b', prompt: 'def add', stream: true, stream_options: { include_usage: true } },
    } as const);
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices: [choice] }) => choice?.text ?? '').join('')).toBe('echo: def add');
    expect(chunks.map(({ choices: [choice] }) => choice?.finish_reason)).toEqual([
      ...[null, null, null, 'stop', undefined],
    ]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
    expect(new Set(chunks.map(({ id, model, object }) => `${id} ${model} ${object}`)).size).toBe(1);
  });

  it('gets log probabilities, side by side, with where each token begins', async () => {
    const ask = { model: 'coder-30b', prompt: 'ab', logprobs: 1 };
    const whole = await client.completions.create(ask);
    const logprobs = {
      tokens: ['echo:', ' ab'],
      token_logprobs: [-0.25, -0.25],
      top_logprobs: [{ 'echo:': -0.25 }, { ' ab': -0.25 }],
      text_offset: [0, 5],
    };
    expect(whole.choices[0]?.logprobs).toEqual(logprobs);
    const stream = await client.completions.create({ ...ask, stream: true });
    const pieces = (await Array.fromAsync(stream)).flatMap(({ choices }) => choices[0]?.logprobs ?? []);
    expect(pieces.map(({ text_offset }) => text_offset)).toEqual([[0], [5]]);
    const { choices } = await client.completions.create({ ...ask, logprobs: 0 });
    expect(choices[0]?.logprobs).toMatchObject({ tokens: logprobs.tokens, top_logprobs: null });
  });

  it('gets its prompt back before the text where it wants that, whole and streamed', async () => {
    const ask = { model: 'coder-30b', prompt: '🍞 a ', echo: true };
    expect((await client.completions.create(ask)).choices[0]?.text).toBe('🍞 a echo: 🍞 a ');
    const chunks = await Array.fromAsync(await client.completions.create({ ...ask, stream: true }));
    expect(chunks[0]?.choices[0]?.text).toBe('🍞 a ');
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toBe('🍞 a echo: 🍞 a ');
  });

  it('has code filled in before a suffix', async () => {
    const { choices } = await client.completions.create({ model: 'infiller', prompt: 'a', suffix: 'b' });
    expect(choices[0]?.text).toBe('echo: a<fill>b');
    expect(lastSent()).toMatchObject({ prompt: 'a', suffix: 'b' });
    expect(lastSent()).not.toHaveProperty('raw');
  });

  it('sees a broken stream as an error, not as an answer', async () => {
    toaster.fake.fault(WEIGHTS, { kind: 'error-in-stream', after: 1 });
    const stream = await client.completions.create({ model: 'coder-30b', prompt: 'a b', stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow(/broke off/);
  });
});

describe('a text that is to go on', () => {
  it('reaches Ollama raw, in its own words, without the system prompt of the model', async () => {
    await post({
      model: 'fast-9b',
      ...{ temperature: 0.1, top_p: 0.2, top_k: 3, min_p: 0.01, seed: 4, stop: 'END', max_tokens: 50 },
      ...{ frequency_penalty: 0.5, presence_penalty: 0.6, suffix: '' },
    });
    expect(lastSent()).toEqual({
      model: 'qwen3.5:9b',
      prompt: 'def add',
      raw: true,
      stream: true,
      keep_alive: 900,
      truncate: false,
      shift: false,
      options: {
        num_ctx: 8192,
        ...{ temperature: 0.1, top_p: 0.2, top_k: 3, min_p: 0.01, seed: 4, stop: ['END'], num_predict: 50 },
        ...{ frequency_penalty: 0.5, presence_penalty: 0.6 },
      },
    });
    expect(lastLine()).toMatchObject({
      ...{ model: 'fast-9b', prompt_chars: 7, response_chars: 7 + 6, task: 'complete', finish: 'stop' },
    });
  });

  it('goes on for 16 tokens unless told, and says that it was cut', async () => {
    const answer = await jsonOf(await post({ prompt: 'word '.repeat(30) }));
    expect(answer.choices[0].finish_reason).toBe('length');
    expect(answer.usage.completion_tokens).toBe(16);
  });

  it('is gone on with by the next model when one fails, and that is told', async () => {
    toaster.fake.fault(WEIGHTS, { kind: 'status', status: 500 });
    const response = await post({});
    expect(response.headers.get('x-degraded')).toBe('coder-30b -> fast-9b');
    expect(await jsonOf(response)).toMatchObject({ model: 'fast-9b', choices: [{ text: 'echo: def add' }] });
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    toaster.fake.fault('llama3.2:3b', { kind: 'status', status: 500 });
    const strict = await post({}, { 'x-strict': '1' });
    expect((await jsonOf(strict)).error.code).toBe('would_be_demoted');
  });

  it('meets the cache where it wants to, apart from chats and from other suffixes', async () => {
    const of = async (fields: object) => {
      const response = await post({ model: 'infiller', prompt: 'cached', ...fields }, { 'x-cache': 'use' });
      const { choices } = await jsonOf(response);
      return [response.headers.get('x-cache'), choices[0].text];
    };
    expect(await of({})).toEqual(['miss', 'echo: cached']);
    expect(await of({})).toEqual(['hit', 'echo: cached']);
    expect(await of({ suffix: 'x' })).toEqual(['miss', 'echo: cached<fill>x']);
    const chat = await toaster.chat('cached', { model: 'infiller', max_tokens: 16 }, { 'x-cache': 'use' });
    expect(chat.headers.get('x-cache')).toBe('miss');
  });
});

describe('of a GGUF', () => {
  const text = async (fields: object) => {
    const answer = await jsonOf(await post({ model: 'tiny', max_tokens: 5, ...fields }));
    return answer.choices[0].text.trim();
  };
  it('it goes on as it stands, without the chat template', async () => {
    expect(await text({ prompt: 'please make toast' })).toBe('Bread, made warm and brown.');
    expect(await text({ prompt: 'count' })).toBe('one two three four five');
    expect(await text({ prompt: 'count', stop: ['three four'] })).toBe('one two');
  });

  it('it is streamed, and cut at the end of the context instead of forgetting what came first', async () => {
    const stream = await client.completions.create({
      ...{ model: 'fills', prompt: `${'word '.repeat(20)}count`, max_tokens: 1000, stream: true },
    } as const);
    const chunks = await Array.fromAsync(stream);
    expect(chunks.length).toBeGreaterThan(50);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length');
    expect(lastLine()).toMatchObject({ task: 'complete', finish: 'length' });
    expect(Number(lastLine().tokens_in) + Number(lastLine().tokens_out)).toBeGreaterThan(250);
  });

  it('it is filled in before a suffix, also at the beginning of a file', async () => {
    for (const prompt of ['def add(a, b):', ''])
      expect(await text({ model: 'fills', prompt, suffix: 'return c' })).toBe('Bread, made warm and brown.');
  });

  it('a chat after it is a chat, and it after a chat is no chat', async () => {
    const chat = async () =>
      (await jsonOf(await toaster.chat('toast', { model: 'tiny' }))).choices[0].message.content.trim();
    expect([await chat(), await text({ prompt: 'count' }), await chat()]).toEqual([
      'Bread, made warm and brown.',
      'one two three four five',
      'Bread, made warm and brown.',
    ]);
  });
});

describe('is refused, with a line in the log', () => {
  const cases: [string, object, string, RegExp][] = [
    ['numbers of tokens', { prompt: [1, 2] }, 'prompt', /must be text/],
    ['several prompts', { prompt: ['a', 'b'] }, 'prompt', /request for each/],
    ['no prompt', { prompt: undefined }, 'prompt', /expected a text/],
    ['an empty prompt', { prompt: '' }, 'prompt', /nothing that could go on/],
    ['more than one answer', { n: 2 }, 'n', /one answer/],
    ['the best of several', { best_of: 3 }, 'best_of', /one answer/],
    ['token biases', { logit_bias: { 5: 1 } }, 'logit_bias', /cannot be honoured/],
    ['messages', { messages: [{}] }, 'messages', /chat\/completions/],
    ['an echo with log probabilities', { echo: true, logprobs: 1 }, 'echo', /send one/],
    ['a council', { model: 'council' }, 'model', /is a council.*completes no text/],
    ['a suffix where there is no place for one', { suffix: 'x' }, 'suffix', /cannot fill in/],
    ['a suffix, of a GGUF without marks', { model: 'tiny', suffix: 'x' }, 'suffix', /cannot fill in/],
    ['a prompt over the context', { prompt: 'word '.repeat(17_000) }, 'prompt', /170\d\d tokens.*16384/],
    ['a prompt beyond any count', { prompt: 'x'.repeat(300_000) }, 'prompt', /prompt has 300 kB/],
    [
      'a prompt over the context of a GGUF',
      { model: 'fills', prompt: 'word '.repeat(150), suffix: 'word '.repeat(150) },
      'prompt',
      /has \d+ tokens and fills takes 256/,
    ],
    ['log probabilities of a GGUF', { model: 'tiny', logprobs: 1 }, 'logprobs', /cannot give `logprobs`/],
  ];
  it.each(cases)('%s', async (_name, fields, param, message) => {
    const before = toaster.log().length;
    const response = await post(fields);
    expect({ status: response.status, ...(await jsonOf(response)).error }).toMatchObject({
      status: 400,
      param,
      message: expect.stringMatching(message),
    });
    expect(toaster.log()).toHaveLength(before + 1);
    expect(lastLine()).toMatchObject({ exit_code: 2, served_by: null });
  });

  it('nothing before a suffix on Ollama, which would say nothing', async () => {
    const response = await post({ model: 'infiller', prompt: '', suffix: 'x' });
    expect(await jsonOf(response)).toMatchObject({
      error: { param: 'prompt', message: expect.stringMatching(/completes nothing before a suffix/) },
    });
  });
});
