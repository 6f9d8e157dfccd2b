import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** Members whose weights are not the chairman's, so that one can fail without the other. */
const MIXED = `  council:
    members: [{ model: fast-3b, temperature: 0.3 }, { model: fast-1b, seed: 9 }]
    chairman: think-9b
  fast-3b: { fallback: [] }`;

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({ models: MIXED, further: 'memory: { reserve_gb: 0, system_gb: 0 }' });
});
afterEach(() => toaster.end());
const ask = (fields: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  toaster.chat('why toast?', { model: 'council', ...fields }, headers);
const heard = (name: string) => toaster.fake.chats(name).map(({ body }) => body);
const read = () => heard('qwen3.5:9b').at(-1)?.messages?.at(-1)?.content ?? '';
const broken = { kind: 'status', status: 500, error: 'no luck' } as const;

describe('the council', () => {
  it('asks members, each with its own temperature and seed, then the chairman, who sees no names', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', reply: 'I say warm', thinking: 'hm' });
    toaster.fake.set({ name: 'llama3.2:1b', reply: 'I say brown' });
    const response = await ask({ seed: 5, reasoning_effort: 'low' });
    const answer = await jsonOf(response);
    expect([answer.model, response.headers.get('x-degraded')]).toEqual(['council', null]);
    expect(response.headers.get('x-council')).toMatch(/^members=2\/2; at-once=[12]; synthesis=yes$/);
    expect(heard('llama3.2:3b')).toMatchObject([{ options: { temperature: 0.3, seed: 5 } }]);
    expect(heard('llama3.2:1b')).toMatchObject([{ options: { seed: 9 } }]);
    expect(heard('qwen3.5:9b')).toMatchObject([{ think: true, options: { seed: 5 } }]);
    expect(read()).toMatch(/Response A:\nI say (warm|brown)\n\nResponse B:\nI say (warm|brown)$/);
    expect(read()).not.toMatch(/fast-|llama|qwen|hm/);
    expect(answer.usage.completion_tokens).toBeGreaterThan(6);
    const [line] = toaster.log();
    expect(line).toMatchObject({
      demoted: false,
      council: { synthesis: true, chairman: 'think-9b', members: [{ letter: 'A' }, { letter: 'B' }] },
    });
    expect(JSON.stringify(line)).not.toContain('I say');
  });

  it('puts the answers in either order', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', reply: 'first' });
    const orders = new Set<string>();
    while (orders.size < 2) {
      await jsonOf(await ask());
      orders.add(/Response A:\n(\w+)/.exec(read())?.[1] ?? '');
    }
    expect([...orders].sort()).toEqual(['echo', 'first']);
  });

  it('gives members of one model different seeds, and the same ones for the same seed', async () => {
    const own = await startToaster();
    const seeds = async (fields: Record<string, unknown>) => {
      const before = own.fake.chats('qwen3.5:9b').length;
      await jsonOf(await own.chat('x', { model: 'council', ...fields }));
      const options = own.fake
        .chats('qwen3.5:9b')
        .slice(before, -1)
        .map(({ body }) => body.options);
      return options.map((one) => (one && 'seed' in one ? one.seed : null)).sort();
    };
    expect(await seeds({ seed: 3 })).toEqual([3, 4]);
    expect(new Set(await seeds({})).size).toBe(2);
    await own.end();
  });

  it('leaves tools and the shape of the answer to the chairman', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
    await jsonOf(await ask({ response_format: format }));
    expect(heard('llama3.2:3b')[0]?.format).toBeUndefined();
    expect(heard('qwen3.5:9b')[0]?.format).toEqual({ type: 'object' });
  });

  it('streams only the chairman, and says in the headers what it is short of', async () => {
    toaster.fake.fault('llama3.2:3b', broken);
    const response = await ask({ stream: true });
    expect(response.headers.get('x-council')).toBe(
      'members=1/2; at-once=1; lost=fast-3b:http_5xx; synthesis=yes',
    );
    expect(await response.text()).not.toContain('Response B');
  });

  it('fits a member of 100 kB into the context of the chairman, with a mark', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', reply: `begin ${'ö'.repeat(50_000)} end` });
    expect((await ask()).status).toBe(200);
    expect(read()).toMatch(/begin ö+\n\[\.\.\. \d+ characters left out \.\.\.\]\nö+ end/);
    expect(Buffer.byteLength(read())).toBeLessThan(8192 * 3);
    expect(toaster.log()[0]).toMatchObject({
      council: {
        members: expect.arrayContaining([expect.objectContaining({ model: 'fast-3b', chars: 50_010 })]),
      },
    });
  });
});

describe('a council that is short of somebody says so', () => {
  it('a lost member', async () => {
    toaster.fake.fault('llama3.2:3b', broken);
    const response = await ask();
    expect([response.status, (await jsonOf(response)).model]).toEqual([200, 'council']);
    expect(read()).not.toContain('Response B');
    expect(response.headers.get('x-degraded')).toBe('council -> council (lost=fast-3b:http_5xx)');
    expect(response.headers.get('x-degraded-reason')).toBe('http_5xx');
    expect(toaster.log()).toMatchObject([
      { served_by: 'council', demoted: true, degraded_reason: 'http_5xx' },
    ]);
  });

  it('an empty answer', async () => {
    toaster.fake.set({ name: 'llama3.2:1b', reply: ' ' });
    expect((await ask()).headers.get('x-council')).toContain('lost=fast-1b:empty');
    expect(read()).toContain('Another assistant answered');
  });

  it('a demoted member', async () => {
    toaster.fake.fault('llama3.2:1b', broken);
    expect((await ask()).headers.get('x-degraded')).toBe(
      'council -> council (demoted=fast-1b>tiny:http_5xx)',
    );
  });

  it('a demoted chairman, by name', async () => {
    toaster.fake.fault('qwen3.5:9b', broken);
    const response = await ask();
    expect(response.headers.get('x-degraded')).toBe('council -> fast-3b');
    expect((await jsonOf(response)).model).toBe('fast-3b');
    expect(response.headers.get('x-council')).toContain('synthesis=yes');
  });

  it("a chairman that says nothing: a member's answer, and no synthesis", async () => {
    toaster.fake.set({ name: 'llama3.2:3b', reply: 'warm' });
    toaster.fake.set({ name: 'llama3.2:1b', reply: 'warm' });
    toaster.fake.set({ name: 'qwen3.5:9b', reply: ' ' });
    const response = await ask();
    const answer = await jsonOf(response);
    expect(answer.choices[0].message.content).toBe('warm');
    expect(response.headers.get('x-council')).toContain('synthesis=no');
    expect(toaster.log()).toMatchObject([
      { demoted: true, degraded_reason: 'empty', attempts: [{ model: 'think-9b', reason: 'empty' }] },
    ]);
  });

  it("a chairman that fell away: a member's answer, and no synthesis", async () => {
    toaster.writeConfig(`${MIXED}\n  think-9b: { fallback: [coder-30b] }`);
    await toaster.admin('POST', '/api/config/reload');
    toaster.fake.set({ name: 'llama3.2:3b', reply: 'warm' });
    toaster.fake.set({ name: 'llama3.2:1b', reply: 'warm' });
    toaster.fake.fault('qwen3.5:9b', broken);
    toaster.fake.fault('qwen3-coder:30b', broken);
    const response = await ask();
    const answer = await jsonOf(response);
    expect(answer.choices[0].message.content).toBe('warm');
    expect(answer.model).toMatch(/^fast-[13]b$/);
    expect(response.headers.get('x-degraded')).toBe(`council -> ${answer.model}`);
    expect(response.headers.get('x-council')).toContain('synthesis=no');
    expect(toaster.log()).toMatchObject([{ demoted: true, council: { synthesis: false } }]);
    // Who streams hears of it before the first word, too.
    const streamed = await ask({ stream: true });
    expect(streamed.headers.get('x-council')).toContain('synthesis=no');
    expect(streamed.headers.get('x-degraded')).toMatch(/^council -> fast-[13]b$/);
    expect(await streamed.text()).toMatch(/^data: \{[^\n]*"model":"fast-[13]b"/);
    const strict = await ask({}, { 'x-strict': '1' });
    expect(strict.status).toBe(503);
    const formed = await ask({ response_format: { type: 'json_object' } });
    expect(formed.status).toBe(503);
  });

  it('a chairman that dies while it thinks: a single answer, unless the client has seen the thoughts', async () => {
    toaster.writeConfig(`${MIXED}\n  think-9b: { fallback: [] }`);
    await toaster.admin('POST', '/api/config/reload');
    toaster.fake.fault('qwen3.5:9b', { kind: 'error-in-stream', after: 2 });
    expect((await ask()).headers.get('x-council')).toContain('synthesis=no');
    const form = new URLSearchParams({ a: '--council' });
    form.append('a', 'why toast?');
    const told = await fetch(`${toaster.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body: form });
    expect([told.headers.get('x-exit'), told.headers.get('x-council')]).toEqual([
      '0',
      expect.stringContaining('synthesis=no'),
    ]);
    const streamed = await (await ask({ stream: true })).text();
    expect(streamed).toContain('"code":"broke_off"');
    expect(streamed).not.toContain('echo');
  });

  it('all members lost: an error that says why', async () => {
    toaster.fake.fault('llama3.2:3b', { kind: 'status', status: 400, error: 'really no' });
    toaster.fake.fault('llama3.2:1b', { kind: 'status', status: 400, error: 'really no' });
    const response = await ask();
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toMatch(/really no/);
    expect(heard('qwen3.5:9b')).toEqual([]);
    expect(toaster.log()).toMatchObject([{ council: { synthesis: false, members: [{ letter: null }, {}] } }]);
  });

  it('and strict refuses it: no demoted member is taken', async () => {
    toaster.fake.fault('llama3.2:1b', broken);
    const response = await ask({}, { 'x-strict': '1' });
    expect(response.status).toBe(503);
    expect((await jsonOf(response)).error.code).toBe('would_be_demoted');
    expect(heard('qwen3.5:9b')).toEqual([]);
  });
});
