import { join } from 'node:path';
import OpenAI from 'openai';
import { beforeAll, describe, expect } from 'vitest';
import { proxyOnOllama } from '../helpers/proxy-on-ollama.ts';
import type { RealOllama } from '../helpers/real-ollama.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { readLog } from '../helpers/toaster.ts';

/** The main cases of the whole proxy, on a real Ollama. */

const { folder, url, onOllama } = proxyOnOllama(
  (real) => `weights:
  qwen-9b: { name: "${real.able}", context: 2048 }
  llama-1b: { name: "${real.twin}", context: 512 }
  embed-300m: { name: "${real.vectors}", context: 512 }
  coder-30b: { name: "${real.fills}", size_gb: 0.1, context: 512 }
models:
  fast-9b: { temperature: 0 }
`,
  (message) => expect.fail(message),
);
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ baseURL: `${url()}/v1`, apiKey: 'none', maxRetries: 0 });
});

const user = (content: string) => [{ role: 'user' as const, content }];
const ps = async (
  real: RealOllama,
): Promise<{ name: string; context_length: number; expires_at: string }[]> =>
  (await jsonOf(await fetch(`${real.url}/api/ps`))).models;

describe('on a real Ollama', () => {
  onOllama('a whole answer, counted, with the context and the keep_alive of the config', async (real) => {
    const answer = await client.chat.completions.create({
      model: 'fast-9b',
      messages: user('Name three primary colours.'),
    });
    expect(answer.choices[0]?.message.content).toMatch(real.real ? /red/i : /toast/);
    expect(answer.usage?.completion_tokens).toBeGreaterThan(3);
    const [resident] = await ps(real);
    expect(resident).toMatchObject({ name: real.able, context_length: 2048 });
    const minutes = (Date.parse(resident?.expires_at ?? '') - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(15);
  });

  onOllama('a stream', async () => {
    const chunks = await Array.fromAsync(
      await client.chat.completions.create({ model: 'fast-1b', messages: user('make toast'), stream: true }),
    );
    expect(
      chunks
        .map(({ choices }) => choices[0]?.delta.content ?? '')
        .join('')
        .trim(),
    ).toBe('Bread, made warm and brown.');
  });

  onOllama('stop, length, JSON by a schema, log probabilities, a forced tool', async () => {
    const ask = async (fields: object, text = 'count') =>
      (await client.chat.completions.create({ model: 'fast-1b', messages: user(text), ...fields }))
        .choices[0];
    expect(await ask({ max_tokens: 3 })).toMatchObject({ finish_reason: 'length' });
    expect((await ask({ stop: ['four'] }))?.message.content?.trim()).toBe('one two three');
    const schema = { type: 'object', properties: { a: { enum: ['b'] } }, required: ['a'] };
    const json = await ask({
      response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
      temperature: 0,
    });
    expect(JSON.parse(json?.message.content ?? '')).toEqual({ a: 'b' });
    expect((await ask({ logprobs: true, max_tokens: 2 }))?.logprobs?.content).toHaveLength(2);
    const tools = [{ type: 'function' as const, function: { name: 'x', parameters: schema } }];
    expect((await ask({ tools, tool_choice: 'required', temperature: 0 }))?.message.tool_calls).toMatchObject(
      [{ function: { name: 'x', arguments: '{"a":"b"}' } }],
    );
  });

  onOllama('any JSON object, and a schema that cannot be kept', async (real) => {
    const ask = (response_format: OpenAI.ChatCompletionCreateParams['response_format'] & object) =>
      client.chat.completions.create({
        model: 'fast-9b',
        messages: user('Say hi.'),
        response_format,
        max_tokens: 60,
      });
    if (real.real) {
      const { choices } = await ask({ type: 'json_object' });
      expect(JSON.parse(choices[0]?.message.content ?? '')).toBeTypeOf('object');
    }
    const broken = await ask({
      type: 'json_schema',
      json_schema: { name: 's', schema: { type: 'nonsense' } },
    }).catch((error: unknown) => error);
    expect(broken).toMatchObject({
      status: 400,
      param: 'response_format',
      message: expect.stringMatching(/schema/i),
    });
  });

  onOllama('a missing model is stood in for, and told', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'fast-3b', messages: user('toast') })
      .withResponse();
    expect(response.headers.get('x-degraded')).toBe('fast-3b -> fast-1b');
    expect(response.headers.get('x-degraded-reason')).toBe('missing');
  });

  onOllama('a prompt over the context, and a picture, are the client’s mistake', async () => {
    const long = await client.chat.completions
      .create({ model: 'fast-1b', messages: user('word '.repeat(800)) })
      .catch((error: unknown) => error);
    expect(long).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: expect.stringMatching(/\d{3,} tokens.*512/),
    });
    const content = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,aGVsbG8=' } }];
    const blind = await client.chat.completions
      .create({ model: 'fast-1b', messages: [{ role: 'user', content }] })
      .catch((error: unknown) => error);
    expect(blind).toMatchObject({ status: 400, message: expect.stringMatching(/does not see images/) });
  });

  onOllama('an answer that fills the context ends as cut, with nothing forgotten', async () => {
    const answer = await client.chat.completions.create({ model: 'fast-1b', messages: user('count') });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.total_tokens).toBeGreaterThan(480);
    expect(answer.usage?.total_tokens).toBeLessThanOrEqual(512);
  });

  onOllama('a client that goes away stops the runner', async () => {
    const gone = new AbortController();
    const stream = await client.chat.completions.create(
      { model: 'fast-9b', messages: user('Write a very long story about what we count'), stream: true },
      { signal: gone.signal },
    );
    for await (const _ of stream) gone.abort();
    await until(async () => readLog(join(folder, 'log.jsonl')).at(-1)?.exit_code === 130);
    const next = await client.chat.completions.create({
      model: 'fast-9b',
      messages: user('Say hi.'),
      max_tokens: 3,
    });
    expect(next.usage?.completion_tokens).toBeLessThanOrEqual(3);
  });

  onOllama(
    'vectors, of weights that are loaded once, with the config’s context and keep_alive',
    async (real) => {
      const of = (input: string[], more = {}) => client.embeddings.create({ model: 'embed', input, ...more });
      const { data, usage } = await of(['toast', 'count', 'toast']);
      const [toast, count, again] = data.map(({ embedding }) => embedding);
      expect(toast).toHaveLength(128);
      expect(Math.hypot(...(toast ?? []))).toBeCloseTo(1, 4);
      expect(again).toEqual(toast);
      expect(count).not.toEqual(toast);
      expect(usage.prompt_tokens).toBe(6);
      const resident = (await ps(real)).find(({ name }) => name === real.vectors);
      expect(resident).toMatchObject({ context_length: 512 });
      expect((Date.parse(resident?.expires_at ?? '') - Date.now()) / 1000).toBeCloseTo(60, -1);
      const [cut] = (await of(['toast'], { dimensions: 8 })).data;
      expect(cut?.embedding).toHaveLength(8);
      expect(readLog(join(folder, 'log.jsonl')).at(-1)).toMatchObject({ task: 'embed', tokens_in: 2 });
      expect(Number(readLog(join(folder, 'log.jsonl')).at(-1)?.load_s)).toBeLessThan(0.1);
      for (const input of [[''], ['word '.repeat(800)]])
        expect(await of(input).catch((error: unknown) => error)).toMatchObject({ status: 400 });
    },
  );

  onOllama('a model for vectors makes no text, and the other way round', async () => {
    const chat = client.chat.completions.create({ model: 'embed', messages: user('hi') });
    await expect(chat).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/only/) });
    const vectors = client.embeddings.create({ model: 'fast-1b', input: 'hi' });
    await expect(vectors).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/fast-1b makes no embeddings/),
    });
  });

  onOllama('a text goes on as it stands, and is filled in before a suffix', async () => {
    const text = async (fields: object) => {
      const made = await client.completions.create({ model: 'fast-1b', prompt: 'count', ...fields });
      return made.choices[0]?.text.trim();
    };
    expect(await text({ max_tokens: 3 })).toBe('one two three');
    expect(await text({ stop: ['four'] })).toBe('one two three');
    expect(await text({ model: 'coder-30b', suffix: 'x' })).toBe('Bread, made warm and brown.');
    await expect(text({ suffix: 'x' })).rejects.toMatchObject({ status: 400, param: 'suffix' });
    await expect(text({ prompt: 'word '.repeat(800) })).rejects.toMatchObject({
      code: 'context_length_exceeded',
      param: 'prompt',
    });
    const { choices } = await client.completions.create({ model: 'fast-1b', prompt: 'count', logprobs: 1 });
    expect(choices[0]?.logprobs?.tokens).toHaveLength(16);
  });

  onOllama('ask: an answer, the same from the cache, two honest lines', async () => {
    const env = { ASK_URL: url(), ASK_DATA_DIR: folder };
    const before = readLog(join(folder, 'log.jsonl')).length;
    const first = await runAsk(['--1b', 'toast'], { env });
    expect(first).toEqual({ code: 0, stdout: ' Bread, made warm and brown.\n', stderr: '' });
    expect(await runAsk(['--1b', 'toast'], { env })).toEqual(first);
    expect(readLog(join(folder, 'log.jsonl')).slice(before)).toMatchObject([
      { cache_hit: false, source: 'ask' },
      { cache_hit: true, source: 'ask' },
    ]);
  });
});
