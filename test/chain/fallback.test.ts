import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../fake-ollama/faults.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** First link short of patience, so that the tests of hanging are quick; no test depends on how quick. */
const IMPATIENT = '  fast-9b: { timeouts: { first_token: 300ms, idle: 300ms, load: 20s } }';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({ models: IMPATIENT });
});
afterEach(() => toaster.end());
const lastLine = () => toaster.log().at(-1) ?? {};
const textOf = (answer: { choices: [{ message: { content: string } }] }) => answer.choices[0].message.content;

describe('the next link answers when the first', () => {
  const cases: [string, Fault, string][] = [
    ['resets the connection', { kind: 'reset' }, 'connection'],
    ['hangs before its headers', { kind: 'hang' }, 'timeout'],
    ['says 500', { kind: 'status', status: 500 }, 'http_5xx'],
    ['says 503', { kind: 'status', status: 503 }, 'http_5xx'],
    [
      'is out of memory',
      {
        kind: 'status',
        status: 500,
        error: 'model requires more system memory (8.1 GiB) than is available (3.0 GiB)',
      },
      'no_room',
    ],
    ['puts an error into its 200', { kind: 'error-in-stream' }, 'crash'],
    ['sends a line that is no JSON', { kind: 'malformed-line' }, 'crash'],
    ['ends without an end', { kind: 'no-end' }, 'crash'],
    ['hangs in mid-stream', { kind: 'hang-mid-stream' }, 'timeout'],
    ['is cut off in mid-stream', { kind: 'reset-mid-stream' }, 'crash'],
  ];
  it.each(cases)('%s', async (_name, fault, reason) => {
    toaster.fake.fault('qwen3.5:9b', fault);
    const response = await toaster.chat('hi');
    const answer = await jsonOf(response);
    expect(answer).toMatchObject({ model: 'fast-3b', choices: [{ finish_reason: 'stop' }] });
    expect(textOf(answer)).toBe('echo: hi');
    expect(response.headers.get('x-served-by')).toBe('fast-3b');
    expect(response.headers.get('x-degraded')).toBe('fast-9b -> fast-3b');
    expect(response.headers.get('x-degraded-reason')).toBe(reason);
    expect(response.headers.get('x-attempts')).toMatch(/^fast-9b;reason=\w+;seconds=\d+\.\d{3}$/);
    expect(lastLine()).toMatchObject({
      model: 'fast-9b',
      served_by: 'fast-3b',
      demoted: true,
      exit_code: 0,
      attempts: [{ model: 'fast-9b', seconds: expect.any(Number) }],
    });
  });

  it('is not installed, down to another runtime', async () => {
    await toaster.fake.close();
    const response = await toaster.chat('toast');
    expect(textOf(await jsonOf(response))).toBe('Bread, made warm and brown.');
    expect(response.headers.get('x-degraded')).toBe('fast-9b -> tiny');
    expect(response.headers.get('x-degraded-reason')).toBe('connection');
    expect(lastLine().attempts).toMatchObject([
      { model: 'fast-9b' },
      { model: 'fast-3b' },
      { model: 'fast-1b' },
    ]);
    // The helper closes it again at the end.
    toaster.fake.close = async () => undefined;
  });

  it('breaks off after words that no client has seen: the answer is whole and of one model', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'reset-mid-stream', after: 2 });
    const answer = await jsonOf(await toaster.chat('one two three'));
    expect(answer.model).toBe('fast-3b');
    expect(textOf(answer)).toBe('echo: one two three');
  });
});

describe('once a client has seen a word', () => {
  it.each<[string, Fault]>([
    ['a cut', { kind: 'reset-mid-stream', after: 2 }],
    ['an error object', { kind: 'error-in-stream', after: 2 }],
    ['silence', { kind: 'hang-mid-stream', after: 2 }],
  ])('%s is an error in the stream: no splice, no false stop, no [DONE]', async (_name, fault) => {
    toaster.fake.fault('qwen3.5:9b', fault);
    const text = await (await toaster.chat('one two three', { stream: true })).text();
    expect(text).toContain('echo:');
    expect(text).toContain('"code":"broke_off"');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(text).not.toContain('[DONE]');
    expect(toaster.fake.chats('llama3.2:3b')).toEqual([]);
    expect(lastLine()).toMatchObject({ served_by: 'fast-9b', exit_code: 5, finish: null });
  });
});

describe('patience', () => {
  it('is longer while the weights are being loaded', async () => {
    // Longer than the first token may take, and than it takes until Ollama is asked what it has in memory.
    toaster.fake.set({ name: 'qwen3.5:9b', loadMs: 1200 });
    const slow = await startToaster({
      models: '  fast-9b: { timeouts: { first_token: 700ms, load: 20s } }',
      fake: { models: [{ name: 'qwen3.5:9b', loadMs: 1200 }] },
    });
    const response = await slow.chat('hi');
    expect(response.headers.get('x-served-by')).toBe('fast-9b');
    expect(slow.log().at(-1)?.load_s).toBeGreaterThan(1);
    await slow.end();
  });

  it('does not end with tokens that are slow but come', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'slow-tokens', ms: 120 });
    const answer = await jsonOf(await toaster.chat('a b c d'));
    expect(answer.model).toBe('fast-9b');
  });
});

describe('a link that fails three times in a row', () => {
  it('rests, and is asked again only after that', async () => {
    await toaster.chat('warm up');
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    for (let i = 0; i < 3; i++) await toaster.chat(`try ${i}`);
    const response = await toaster.chat('fourth');
    expect(response.headers.get('x-degraded-reason')).toBe('cooling_off');
    expect(toaster.fake.chats('qwen3.5:9b')).toHaveLength(4);
  });

  it('is not one that was only busy, nor one that was asked for nonsense', async () => {
    await toaster.chat('warm up');
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 503, retryAfter: 1 });
    for (let i = 0; i < 4; i++) await toaster.chat(`try ${i}`);
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 429, retryAfter: 1 });
    for (let i = 0; i < 4; i++) await toaster.chat(`try again ${i}`);
    expect(toaster.fake.chats('qwen3.5:9b')).toHaveLength(9);
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 400, error: 'nonsense' });
    for (let i = 0; i < 4; i++) expect((await toaster.chat(`nonsense ${i}`)).status).toBe(400);
    expect(toaster.fake.chats('llama3.2:3b')).toHaveLength(8);
  });

  it('and all others of its chain: a 503 that says when to come back', async () => {
    for (const model of ['llama3.2:3b', 'llama3.2:1b'])
      toaster.fake.fault(model, { kind: 'status', status: 500 });
    const chain = await startToaster({
      models: '  fast-3b: { fallback: [fast-1b] }\n  fast-1b: { fallback: [] }',
    });
    for (const model of ['llama3.2:3b', 'llama3.2:1b'])
      chain.fake.fault(model, { kind: 'status', status: 500 });
    const ask = (text: string) => chain.chat(text, { model: 'fast-3b' });
    for (let i = 0; i < 3; i++) expect((await ask(`try ${i}`)).status).toBe(503);
    const response = await ask('fourth');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(20);
    expect((await jsonOf(response)).error).toMatchObject({
      code: 'chain_failed',
      message: expect.stringMatching(/fast-3b failed three times.*fast-1b failed/),
    });
    expect(chain.log().at(-1)).toMatchObject({ exit_code: 4, served_by: null });
    await chain.end();
  });
});

describe('X-Strict', () => {
  it('refuses a smaller model, and says why', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500, error: 'no luck' });
    const response = await toaster.chat('hi', {}, { 'x-strict': '1' });
    expect(response.status).toBe(503);
    expect((await jsonOf(response)).error).toMatchObject({
      code: 'would_be_demoted',
      message: expect.stringMatching(/no luck/),
    });
    expect(toaster.fake.chats('llama3.2:3b')).toEqual([]);
    expect(lastLine()).toMatchObject({ exit_code: 6, demoted: false, served_by: null });
  });
});

describe('a later link that cannot do what was asked', () => {
  it('is passed over; the first one is still the reason', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    toaster.fake.set({ name: 'llama3.2:3b', capabilities: ['completion'] });
    const tools = [
      { type: 'function', function: { name: 'a', parameters: { type: 'object', properties: {} } } },
    ];
    const response = await toaster.chat('hi', { model: 'think-9b', tools });
    expect(response.status).toBe(503);
    expect(lastLine()).toMatchObject({
      degraded_reason: 'http_5xx',
      attempts: [{ reason: 'http_5xx' }, { reason: 'unsupported' }, { reason: 'unsupported' }],
    });
  });
});

describe('a broken runtime', () => {
  it('with bytes cut anywhere is none', async () => {
    const odd = await startToaster({ fake: { oddBytes: true } });
    const answer = await jsonOf(await odd.chat('grüße 🍞 aus dem Toaster'));
    expect(textOf(answer)).toBe('echo: grüße 🍞 aus dem Toaster');
    await odd.end();
  });

  it('leaves nothing open behind it', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'hang' });
    await toaster.chat('hi');
    await until(() => toaster.fake.chats('qwen3.5:9b').every(({ aborted }) => aborted));
  });
});
