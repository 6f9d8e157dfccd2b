import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { FakeOllama, type FakeOptions } from './server.ts';

/** What contract.test.ts cannot ask a real Ollama quickly: time, queues, faults. */

let fake: FakeOllama;
afterEach(() => fake.close());
const start = async (options: Partial<FakeOptions> = {}) => {
  fake = await FakeOllama.start({ models: [{ name: 'a' }, { name: 'b' }], ...options });
};
const chat = (model: string, fields: object = {}) =>
  fetch(`${fake.url}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], ...fields }),
  });
const resident = async (): Promise<string[]> =>
  (await jsonOf(await fetch(`${fake.url}/api/ps`))).models.map(({ name }: { name: string }) => name);

describe('memory', () => {
  it('holds a model until keep_alive has run out, counted from the end of the answer', async () => {
    await start();
    await (await chat('a', { keep_alive: 0.03 })).text();
    await (await chat('b', { keep_alive: -1 })).text();
    await until(async () => (await resident()).join() === 'b');
    const [{ expires_at }] = (await jsonOf(await fetch(`${fake.url}/api/ps`))).models;
    expect(expires_at).toMatch(/^2318/);
    await (await chat('b', { keep_alive: 0 })).text();
    expect(await resident()).toEqual([]);
  });

  it('loads one at a time, does not list what is loading, and loads anew for another context', async () => {
    await start({
      models: [
        { name: 'a', loadMs: 60 },
        { name: 'b', loadMs: 60 },
      ],
    });
    const both = Promise.all([chat('a'), chat('b')]);
    expect(await resident()).toEqual([]);
    await until(async () => (await resident()).length === 1);
    await both;
    expect(await resident()).toEqual(['a', 'b']);
    const again = await (await chat('a', { stream: false, options: { num_ctx: 1234 } })).json();
    expect((again as { load_duration: number }).load_duration).toBeGreaterThan(50e6);
  });

  it('leaves nothing of a load whose client went away', async () => {
    await start({ models: [{ name: 'a', loadMs: 10_000 }] });
    const gone = new AbortController();
    const request = fetch(`${fake.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'hi' }] }),
      signal: gone.signal,
    });
    await until(() => fake.chats('a').length === 1);
    gone.abort();
    await expect(request).rejects.toThrow('aborted');
    await until(() => fake.chats('a')[0]?.aborted === true);
    expect(await resident()).toEqual([]);
  });
});

describe('trouble', () => {
  it('is a 503 in the words of Ollama when the queue is full', async () => {
    await start({ maxQueue: 1, models: [{ name: 'a', tokenMs: 50 }] });
    const first = chat('a');
    await until(() => fake.chats('a').length === 1);
    const second = await chat('a');
    expect(second.status).toBe(503);
    expect((await jsonOf(second)).error).toBe(
      'server busy, please try again.  maximum pending requests exceeded',
    );
    expect((await first).status).toBe(200);
  });

  it('is switched on over HTTP, for as many requests as one likes', async () => {
    await start();
    await fetch(`${fake.url}/fake/fault`, {
      method: 'POST',
      body: JSON.stringify({ model: 'a', fault: { kind: 'status', status: 429, retryAfter: 7 }, times: 1 }),
    });
    const limited = await chat('a');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await chat('a')).status).toBe(200);
  });
});
