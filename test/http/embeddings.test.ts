import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { vectorOf } from '../fake-ollama/embed.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

const WEIGHTS = 'embeddinggemma:300m';
let toaster: TestToaster;
let client: OpenAI;
beforeAll(async () => {
  toaster = await startToaster({
    models:
      '  spare: { weights: embed-300m, fallback: [fast-1b] }\n  vectors: { weights: vectors }\n  tiny: {}',
    weights: '  vectors: { runtime: llamacpp, file: vectors.gguf, size_gb: 0.01, context: 256 }',
    gguf: { 'vectors.gguf': { pooling: true } },
  });
  client = new OpenAI({ baseURL: `${toaster.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const post = (fields: object, headers = {}) =>
  toaster.post('/v1/embeddings', { model: 'embed', input: 'toast', ...fields }, headers);
const sent = () => toaster.fake.seen.filter(({ path }) => path === '/api/embed');
const lastLine = () => toaster.log().at(-1) ?? {};
const rounded = (vector: readonly number[]) => vector.map((value) => value.toFixed(5));

describe("OpenAI's own client", () => {
  it('gets the vectors of many texts in their order, packed as it asks by itself', async () => {
    const input = Array.from({ length: 70 }, (_, i) => `text number ${i}`);
    const { data, model, object, usage } = await client.embeddings.create({ model: 'embed', input });
    expect({ model, object, indexes: data.map(({ index }) => index) }).toEqual({
      model: 'embed',
      object: 'list',
      indexes: input.map((_, i) => i),
    });
    expect(data.map(({ embedding }) => rounded(embedding))).toEqual(
      input.map((text) => rounded(vectorOf(text))),
    );
    expect(usage).toEqual({ prompt_tokens: 70 * 5, total_tokens: 70 * 5 });
  });

  it('gets the same as numbers, and shorter where it wants them so', async () => {
    const { data } = await client.embeddings.create({
      model: 'embed',
      input: 'toast',
      encoding_format: 'float',
      dimensions: 16,
    });
    expect(data).toMatchObject([{ object: 'embedding', index: 0, embedding: vectorOf('toast', 16) }]);
    const long = client.embeddings.create({ model: 'embed', input: 'toast', dimensions: 4096 });
    await expect(long).rejects.toMatchObject({
      status: 400,
      param: 'dimensions',
      message: expect.stringMatching(/have 128 numbers and cannot have 4096/),
    });
  });

  it('gets them of a GGUF, as of Ollama: of length 1, cut where wanted', async () => {
    const of = async (fields: object) =>
      (await client.embeddings.create({ model: 'vectors', input: ['toast', 'count'], ...fields })).data.map(
        ({ embedding }) => embedding,
      );
    const vectors = await of({});
    expect(vectors.map(({ length }) => length)).toEqual([128, 128]);
    for (const vector of [...vectors, ...(await of({ dimensions: 8 }))])
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    expect(vectors[0]).not.toEqual(vectors[1]);
    expect(await of({ encoding_format: 'float' })).toMatchObject(
      vectors.map((vector) => vector.map((value) => expect.closeTo(value, 5))),
    );
  });
});

describe('a request for vectors', () => {
  it('reaches Ollama with the context and the keep_alive of the config, and nothing may be cut', async () => {
    const response = await post({ user: 'me', store: true });
    expect(response.headers.get('x-served-by')).toBe('embed');
    expect(response.headers.get('x-ignored-params')).toBe('store');
    expect(sent().at(-1)?.body).toEqual({
      model: WEIGHTS,
      input: ['toast'],
      keep_alive: 60,
      truncate: false,
      options: { num_ctx: 2048 },
    });
    expect(lastLine()).toMatchObject({
      ...{ model: 'embed', served_by: 'embed', prompt_chars: 5, response_chars: 0, exit_code: 0 },
      ...{ tokens_in: 3, tokens_out: 0, cache_hit: false, task: 'embed', user: 'me' },
    });
  });

  it('never meets the cache', async () => {
    for (let i = 0; i < 2; i++) {
      const response = await post({}, { 'x-cache': 'use' });
      expect(response.headers.get('x-cache')).toBe('bypass');
    }
  });

  it('loads once, and one that was loaded by hand stays as it is', async () => {
    await toaster.admin('POST', '/api/cool');
    await toaster.admin('PUT', '/api/models/embed/pin', { pinned: true });
    await until(async () => {
      const { models } = await jsonOf(await fetch(`${toaster.url}/api/status`));
      return models.find(({ model }: { model: string }) => model === 'embed').state === 'warm';
    });
    expect(toaster.fake.residency.list()).toMatchObject([{ name: WEIGHTS, context: 2048 }]);
    expect((await post({})).status).toBe(200);
    await toaster.admin('PUT', '/api/models/embed/pin', { pinned: false });
    expect(toaster.warnings).toEqual([]);
  });

  it('is never answered by another model: a failure says why, and so does a rest', async () => {
    toaster.fake.fault(WEIGHTS, { kind: 'status', status: 500 });
    for (let i = 0; i < 4; i++) {
      const response = await post({ model: 'spare' });
      expect(response.status).toBe(503);
      expect((await jsonOf(response)).error).toMatchObject({
        code: 'chain_failed',
        message: expect.stringMatching(/No embeddings of spare: .*No other model stands in.*another space/),
      });
    }
    expect(toaster.fake.chats('llama3.2:1b')).toEqual([]);
    expect(lastLine()).toMatchObject({ served_by: null, demoted: false, exit_code: 4 });
  });

  it('that is left stops after the batch that is under way', async () => {
    toaster.fake.set({ name: WEIGHTS, tokenMs: 5 });
    const gone = new AbortController();
    const before = sent().length;
    const request = fetch(`${toaster.url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'embed', input: Array(500).fill('text') }),
      signal: gone.signal,
    });
    await until(() => sent().length > before);
    gone.abort();
    await expect(request).rejects.toThrow('aborted');
    await until(() => lastLine().exit_code === 130);
    await until(() => sent().every(({ over }) => over));
    expect(sent().length - before).toBeLessThan(16);
  });
});

describe('is refused, with a line in the log', () => {
  const cases: [string, object, string | null, RegExp][] = [
    ['numbers of tokens', { input: [1, 2, 3] }, 'input', /must be text/],
    ['lists of tokens', { input: [[1, 2], [3]] }, 'input', /must be text/],
    ['no text', { input: undefined }, 'input', /1 to 2048 texts/],
    ['an empty text', { input: '' }, 'input', /none of them empty/],
    ['an empty list', { input: [] }, 'input', /1 to 2048 texts/],
    ['an empty text among others', { input: ['a', ''] }, 'input.1', /none of them empty/],
    ['too many texts', { input: Array(2049).fill('a') }, 'input', /1 to 2048 texts/],
    ['no number of dimensions', { dimensions: 0 }, 'dimensions', /dimensions/],
    ['another encoding', { encoding_format: 'hex' }, 'encoding_format', /float/],
    ['a council', { model: 'council' }, 'model', /is a council.*makes no embeddings/],
    [
      'what makes none, on Ollama',
      { model: 'fast-1b' },
      'model',
      /fast-1b makes no embeddings.*--pull embed/,
    ],
    ['what makes none, of a GGUF', { model: 'tiny' }, 'model', /tiny makes no embeddings.*--pull embed/],
    ['a text over the context', { input: ['a', 'word '.repeat(3000)] }, 'input', /longer than embed takes/],
    ['a text beyond any count', { input: ['a', 'x'.repeat(40_000)] }, 'input.1', /input\.1 has 40 kB/],
    [
      'a text over the context of a GGUF',
      { model: 'vectors', input: ['a', 'word '.repeat(300)] },
      'input.1',
      /Text 2 of 2 has \d+ tokens and vectors takes 256/,
    ],
    [
      'dimensions over those of a GGUF',
      { model: 'vectors', dimensions: 129 },
      'dimensions',
      /have 128 numbers and cannot have 129/,
    ],
  ];
  it.each(cases)('%s', async (_name, fields, param, message) => {
    const before = toaster.log().length;
    const response = await post(fields);
    expect({ status: response.status, ...(await jsonOf(response)).error }).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param,
      message: expect.stringMatching(message),
    });
    expect(toaster.log()).toHaveLength(before + 1);
    expect(lastLine()).toMatchObject({ exit_code: 2, served_by: null });
  });

  it('by models that say on Ollama’s disk what they cannot: nothing is loaded for that', async () => {
    await toaster.admin('POST', '/api/cool');
    expect((await post({ model: 'coder-30b' })).status).toBe(400);
    const fill = { model: 'coder-30b', prompt: 'a', suffix: 'b' };
    expect((await toaster.post('/v1/completions', fill)).status).toBe(400);
    expect(toaster.fake.residency.list()).toEqual([]);
  });

  it('a chat with what only makes vectors, on Ollama and of a GGUF; its health is not blamed', async () => {
    for (const model of ['embed', 'vectors'])
      for (let i = 0; i < 4; i++) {
        const response = await toaster.chat('hi', { model });
        expect({ status: response.status, ...(await jsonOf(response)).error }).toMatchObject({
          status: 400,
          message: expect.stringMatching(/makes embeddings only: ask it at \/v1\/embeddings/),
        });
      }
    expect((await post({})).status).toBe(200);
  });
});
