import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const user = (content: string) => ({ role: 'user' as const, content });
const sentTo = (name: string) => toaster.fake.chats(name).at(-1)?.body;
const lastLine = () => toaster.log().at(-1) ?? {};

describe('fields', () => {
  it('reach Ollama in its own words, the same options for the same weights', async () => {
    const schema = { type: 'object', properties: { a: { const: 1 } } };
    await toaster.chat('x', {
      temperature: 0.1,
      top_p: 0.2,
      top_k: 3,
      min_p: 0.01,
      seed: 4,
      stop: 'END',
      max_completion_tokens: 50,
      frequency_penalty: 0.5,
      presence_penalty: 0.6,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
    });
    expect(sentTo('qwen3.5:9b')).toMatchObject({
      stream: true,
      truncate: false,
      think: false,
      keep_alive: 900,
      format: schema,
      options: {
        num_ctx: 8192,
        temperature: 0.1,
        top_p: 0.2,
        top_k: 3,
        min_p: 0.01,
        seed: 4,
        stop: ['END'],
        num_predict: 50,
        frequency_penalty: 0.5,
        presence_penalty: 0.6,
      },
    });
    await toaster.chat('x', { response_format: { type: 'json_object' }, max_tokens: 7, stop: ['a', 'b'] });
    expect(sentTo('qwen3.5:9b')).toMatchObject({
      format: { type: 'object' },
      options: { num_ctx: 8192, num_predict: 7, stop: ['a', 'b'] },
    });
  });

  it('cut the answer, and say so', async () => {
    const answer = await jsonOf(await toaster.chat('one two three', { max_tokens: 2 }));
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'echo: one' } });
  });

  it('turn reasoning on; it comes under both names', async () => {
    const answer = await jsonOf(await toaster.chat('x', { reasoning_effort: 'high' }));
    expect(answer.choices[0].message).toMatchObject({
      content: 'echo: x',
      reasoning: 'let me see',
      reasoning_content: 'let me see',
    });
    expect(sentTo('qwen3.5:9b')).toMatchObject({ think: true });
  });

  it('give log probabilities', async () => {
    const answer = await jsonOf(await toaster.chat('x', { logprobs: true, top_logprobs: 1 }));
    expect(answer.choices[0].logprobs.content[0]).toMatchObject({
      token: 'echo:',
      logprob: -0.25,
      top_logprobs: [{ token: 'echo:' }],
    });
  });

  it('carry pictures to a model that sees', async () => {
    const content = [
      { type: 'text', text: 'what?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=' } },
    ];
    const response = await toaster.chat('', { messages: [{ role: 'user', content }] });
    expect(response.status).toBe(200);
    expect(sentTo('qwen3.5:9b')?.messages?.[0]).toMatchObject({ content: 'what?', images: ['aGVsbG8='] });
  });

  it('without effect are named in a header, those that say who asks go to the log', async () => {
    const response = await toaster.chat('x', {
      store: true,
      service_tier: 'auto',
      user: 'me',
      metadata: { job: 'digest' },
      stop: null,
    });
    expect(response.headers.get('x-ignored-params')).toBe('store, service_tier');
    expect(lastLine()).toMatchObject({ user: 'me', metadata: { job: 'digest' } });
  });
});

describe('a client that goes away', () => {
  it('stops the runtime, streaming or not, and is logged as interrupted', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    for (const stream of [true, false]) {
      const gone = new AbortController();
      const before = toaster.log().length;
      const request = fetch(`${toaster.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'fast-9b', stream, messages: [user('word '.repeat(500))] }),
        signal: gone.signal,
      });
      const seen = toaster.fake.chats('qwen3.5:9b').length;
      if (stream) await (await request).body?.getReader().read();
      else await until(() => toaster.fake.chats('qwen3.5:9b').length > seen);
      gone.abort();
      await request.catch((error: Error) => expect(error.name).toBe('AbortError'));
      await until(() => toaster.fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
      await until(() => toaster.log().length > before);
      expect(lastLine()).toMatchObject({ exit_code: 130, finish: null });
    }
  });
});

describe('the connection to Ollama', () => {
  it('is kept from one request to the next', async () => {
    await toaster.chat('x');
    const { connections } = toaster.fake;
    for (let i = 0; i < 5; i++) await jsonOf(await toaster.chat(`again ${i}`));
    expect(toaster.fake.connections).toBe(connections);
  });

  it('is not cut when Ollama has said that it is done, and ends a little later', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'late-end', ms: 30 }, 1);
    await (await toaster.chat('x')).json();
    await until(() => toaster.fake.chats('qwen3.5:9b').at(-1)?.over === true);
    expect(toaster.fake.chats('qwen3.5:9b').at(-1)?.aborted).toBe(false);
  });
});
