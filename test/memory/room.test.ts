import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** A budget into which one large model fits, or two small ones; sizes are what the fake says it uses. */
const MEMORY = 'memory: { budget_gb: 9, reserve_gb: 0, system_gb: 0 }';
const GB = 1e9;
const MODELS = [
  { name: 'qwen3.5:9b', size: 6 * GB },
  { name: 'gemma3:4b', size: 6 * GB },
  { name: 'llama3.2:3b', size: 2 * GB },
  { name: 'llama3.2:1b', size: 1 * GB },
  { name: 'qwen3-coder:30b', size: 18 * GB },
];

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({
    models: '  fast-9b: { fallback: [] }\n  fast-4b: { fallback: [fast-3b] }',
    fake: { models: MODELS },
    further: MEMORY,
  });
});
afterEach(() => toaster.end());
const ask = async (model: string, text = 'hi') => {
  const response = await toaster.chat(text, { model });
  return {
    status: response.status,
    served: response.headers.get('x-served-by'),
    reason: response.headers.get('x-degraded-reason'),
    body: await jsonOf(response),
  };
};
const resident = () =>
  toaster.fake.residency
    .list()
    .map(({ name }) => name)
    .sort();

describe('room in a budget', () => {
  it('is shared while it lasts', async () => {
    await ask('fast-3b');
    await ask('fast-1b');
    expect(resident()).toEqual(['llama3.2:1b', 'llama3.2:3b']);
  });

  it('is made by the idle, and done when the runtime has let go', async () => {
    await ask('fast-9b');
    await ask('fast-4b');
    expect(resident()).toEqual(['gemma3:4b']);
  });

  it('is not made by one that is answering: the next model of the chain that fits beside it answers', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    const long = ask('fast-9b', 'word '.repeat(60));
    await until(() => toaster.fake.chats('qwen3.5:9b').length === 1);
    const other = await ask('fast-4b');
    expect(other).toMatchObject({ status: 200, served: 'fast-3b', reason: 'no_room' });
    expect((await long).served).toBe('fast-9b');
    expect(toaster.log().find(({ model }) => model === 'fast-4b')?.attempts).toMatchObject([
      { model: 'fast-4b', reason: 'no_room' },
    ]);
  });

  it('is waited for where nobody could answer beside it, and nothing is killed', async () => {
    toaster.fake.set({ name: 'gemma3:4b', tokenMs: 10 });
    const long = ask('fast-4b', 'word '.repeat(40));
    await until(() => toaster.fake.chats('gemma3:4b').length === 1);
    expect(await ask('fast-9b')).toMatchObject({ status: 200, served: 'fast-9b' });
    expect((await long).body.choices[0].finish_reason).toBe('stop');
    expect(resident()).toEqual(['qwen3.5:9b']);
  });

  it('is not there for what exceeds the budget: both figures, and a smaller model', async () => {
    expect(await ask('coder-30b')).toMatchObject({ status: 200, served: 'fast-9b', reason: 'no_room' });
    const strict = await toaster.chat('hi', { model: 'coder-30b' }, { 'x-strict': '1' });
    expect((await jsonOf(strict)).error.message).toMatch(/coder-30b needs 20\.2 GB and there are 9\.0 GB/);
  });

  it('is not asked for when the person insists: all others go', async () => {
    await ask('fast-3b');
    const response = await toaster.chat('hi', { model: 'coder-30b' }, { 'x-force': '1' });
    expect(response.headers.get('x-served-by')).toBe('coder-30b');
    expect(response.headers.get('x-memory')).toBe('tight');
    expect(resident()).toEqual(['qwen3-coder:30b']);
  });

  it('is not taken for empty when Ollama is only silent', async () => {
    await ask('fast-9b');
    toaster.fake.psHangs = true;
    expect(await ask('fast-4b')).toMatchObject({ status: 200, served: 'fast-4b' });
    expect(resident()).toEqual(['gemma3:4b']);
  });

  it('is one load for two who want the same, and goes on when the first has left', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', loadMs: 150 });
    const gone = new AbortController();
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: 'x' }] }),
    };
    const first = fetch(`${toaster.url}/v1/chat/completions`, { ...request, signal: gone.signal });
    await until(() => toaster.fake.seen.some(({ path }) => path === '/api/generate'));
    const second = ask('fast-9b');
    gone.abort();
    await expect(first).rejects.toThrow('aborted');
    expect((await second).served).toBe('fast-9b');
    expect(toaster.fake.seen.filter(({ path }) => path === '/api/generate')).toMatchObject([
      { aborted: false },
    ]);
  });
});
