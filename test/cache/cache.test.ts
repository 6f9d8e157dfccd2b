import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster();
});
afterEach(() => toaster.end());
const use = { 'x-cache': 'use' };
const outcome = async (
  text: string,
  fields: Record<string, unknown> = {},
  headers: Record<string, string> = use,
) => {
  const response = await toaster.chat(text, fields, headers);
  await response.text();
  return response.headers.get('x-cache');
};
const asked = () => toaster.fake.chats('qwen3.5:9b').length;

describe('an answer', () => {
  it('comes from the cache the second time, whole or streamed, with the facts of its birth', async () => {
    const first = await jsonOf(await toaster.chat('hi', {}, use));
    const second = await toaster.chat('hi', {}, use);
    expect(second.headers.get('x-cache')).toBe('hit');
    expect(second.headers.get('x-served-by')).toBe('fast-9b');
    const again = await jsonOf(second);
    expect({ ...again, id: '', created: 0 }).toEqual({ ...first, id: '', created: 0 });
    const streamed = await (await toaster.chat('hi', { stream: true }, use)).text();
    expect(streamed).toContain('echo: hi');
    expect(streamed).toContain('data: [DONE]');
    expect(asked()).toBe(1);
    expect(toaster.log().map(({ cache_hit }) => cache_hit)).toEqual([false, true, true]);
  });

  it('is not looked for unless an API client asks', async () => {
    expect([await outcome('hi', {}, {}), await outcome('hi', {}, {})]).toEqual(['bypass', 'bypass']);
    expect(asked()).toBe(2);
  });

  it('is looked for without asking where the config says so', async () => {
    toaster.writeConfig('  fast-9b: { cache: true }');
    toaster.live.reload();
    expect([await outcome('hi', {}, {}), await outcome('hi', {}, {})]).toEqual(['miss', 'hit']);
    expect(await outcome('hi', {}, { 'cache-control': 'no-store' })).toBe('bypass');
  });

  it('is another for everything that decides it', async () => {
    await outcome('hi');
    const others: Record<string, unknown>[] = [
      { temperature: 0.5 },
      { top_p: 0.5 },
      { seed: 1 },
      { stop: 'x' },
      { max_tokens: 100 },
      { logprobs: true },
      { reasoning_effort: 'low' },
      { response_format: { type: 'json_object' } },
      { model: 'think-9b' },
      { messages: [{ role: 'system', content: 'hi' }] },
    ];
    for (const fields of others) expect(await outcome('hi', fields), JSON.stringify(fields)).toBe('miss');
    expect(await outcome('hi', { user: 'someone', stream: true })).toBe('hit');
  });

  it('is another for other weights under the same name', async () => {
    await outcome('hi');
    toaster.writeConfig('  fast-9b: { weights: gemma-4b }');
    toaster.live.reload();
    expect(await outcome('hi')).toBe('miss');
  });

  it('is made anew and stored for no-cache, and neither for no-store', async () => {
    await outcome('hi');
    toaster.fake.set({ name: 'qwen3.5:9b', reply: 'new' });
    expect(await outcome('hi', {}, { ...use, 'cache-control': 'no-store' })).toBe('bypass');
    expect(await outcome('hi', {}, { ...use, 'cache-control': 'no-cache' })).toBe('miss');
    const answer = await jsonOf(await toaster.chat('hi', {}, use));
    expect(answer.choices[0].message.content).toBe('new');
  });
});

describe('never stored', () => {
  it('is an answer of a smaller model', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 }, 1);
    expect(await outcome('hi')).toBe('miss');
    const response = await toaster.chat('hi', {}, use);
    expect(response.headers.get('x-cache')).toBe('miss');
    expect(response.headers.get('x-served-by')).toBe('fast-9b');
  });

  it('is one that was cut, or is empty, or failed', async () => {
    expect([await outcome('a b', { max_tokens: 1 }), await outcome('a b', { max_tokens: 1 })]).toEqual([
      'miss',
      'miss',
    ]);
    toaster.fake.set({ name: 'qwen3.5:9b', reply: '' });
    expect([await outcome('empty'), await outcome('empty')]).toEqual(['miss', 'miss']);
    toaster.fake.set({ name: 'qwen3.5:9b', reply: 'a b c' });
    toaster.fake.fault('qwen3.5:9b', { kind: 'error-in-stream', after: 1 }, 1);
    expect([await outcome('broken', { stream: true }), await outcome('broken')]).toEqual(['miss', 'miss']);
  });

  it("is a council's", async () => {
    expect([await outcome('hi', { model: 'council' }), await outcome('hi', { model: 'council' })]).toEqual([
      'bypass',
      'bypass',
    ]);
  });
});

describe('identical requests in flight', () => {
  it('share one inference', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', loadMs: 100 });
    const answers = await Promise.all([1, 2, 3].map(async () => jsonOf(await toaster.chat('same', {}, use))));
    expect(answers.map(({ choices }) => choices[0].message.content)).toEqual(Array(3).fill('echo: same'));
    expect(asked()).toBe(1);
    expect(toaster.log().filter(({ shared }) => shared === true)).toHaveLength(2);
  });

  it('go on when the first client goes away, and end when the last one does', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 15 });
    const start = () => {
      const gone = new AbortController();
      const response = fetch(`${toaster.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...use },
        body: JSON.stringify({
          model: 'fast-9b',
          stream: true,
          messages: [{ role: 'user', content: 'word '.repeat(400) }],
        }),
        signal: gone.signal,
      });
      return { gone, response };
    };
    const first = start();
    await (await first.response).body?.getReader().read();
    const second = start();
    const reader = (await second.response).body?.getReader();
    await reader?.read();
    first.gone.abort();
    await until(() => toaster.log().length === 1);
    expect((await reader?.read())?.done).toBe(false);
    expect(toaster.fake.chats('qwen3.5:9b')).toMatchObject([{ aborted: false }]);
    second.gone.abort();
    await until(() => toaster.fake.chats('qwen3.5:9b')[0]?.aborted === true);
  });
});
