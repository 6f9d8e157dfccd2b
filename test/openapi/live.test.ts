import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../proxy/openapi/document.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { Conformance } from './conforms.ts';
import { ASK, FORM, Live } from './live.ts';

/** What a running Toaster answers, good and bad, is what its own document says. */

const CHAT = '/v1/chat/completions';
const KEY = 'correct-horse-battery-staple';
const MODELS = `
  tiny: {}
  strict-9b: { weights: qwen-9b, fallback: [] }
  pair: { members: [{ model: fast-9b }, { model: fast-3b }], chairman: think-9b }`;

const document = openApiDocument();
const conformance = new Conformance(document);
const says = (text: string, fields: object = {}) => ({
  model: 'fast-9b',
  messages: [{ role: 'user', content: text }],
  ...fields,
});

let ui: string;
let toaster: TestToaster;
let live: Live;
beforeAll(async () => {
  ui = mkdtempSync(join(tmpdir(), 'toaster-'));
  writeFileSync(join(ui, 'index.html'), '<!doctype html><title>Toaster</title>');
  toaster = await startToaster({ models: MODELS, ui });
  live = new Live(toaster, conformance);
});
afterAll(async () => {
  await toaster.end();
  rmSync(ui, { recursive: true });
});
afterEach(() => toaster.fake.reset());

const statusOf = async (...args: Parameters<Live['ask']>): Promise<number> =>
  (await live.ask(...args)).status;

describe('asking models', () => {
  it('whole and as a stream, with usage, thoughts and tools', async () => {
    expect(await statusOf('post', CHAT, { body: says('hi') })).toBe(200);
    expect(await statusOf('post', CHAT, { body: says('hi', { model: 'think-9b' }) })).toBe(200);
    const stream = { stream: true, stream_options: { include_usage: true } };
    const { text } = await live.ask('post', CHAT, { body: says('hi', { model: 'think-9b', ...stream }) });
    expect(text).toMatch(/"reasoning"[\s\S]*"usage"[\s\S]*\[DONE\]/);
    toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] });
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
    for (const fields of [{ tools }, { tools, ...stream }])
      expect((await live.ask('post', CHAT, { body: says('?', fields) })).text).toContain('Paris');
  });

  it('from the embedded engine, with logprobs where there are any', async () => {
    const body = says('say toast', { model: 'tiny', max_tokens: 8 });
    expect(await statusOf('post', CHAT, { body })).toBe(200);
    await live.ask('post', CHAT, { body: { ...body, logprobs: true, top_logprobs: 2 } });
    await live.ask('post', CHAT, { body: says('hi', { logprobs: true, top_logprobs: 2 }) });
  });

  it('from the cache, demoted, by a council', async () => {
    for (const wanted of ['miss', 'hit']) {
      const { headers } = await live.ask('post', CHAT, {
        body: says('twice'),
        headers: { 'x-cache': 'use' },
      });
      expect(headers.get('x-cache')).toBe(wanted);
    }
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    const demoted = await live.ask('post', CHAT, { body: says('once') });
    expect(demoted.headers.get('x-degraded')).toBe('fast-9b -> fast-3b');
    expect(demoted.headers.get('x-degraded-reason')).toBe('http_5xx');
    const council = await live.ask('post', CHAT, { body: says('both', { model: 'pair' }) });
    expect(council.headers.get('x-council')).toContain('members=2/2');
  });

  it('with what has no effect named, and what is wrong refused', async () => {
    const ignored = await live.ask('post', CHAT, { body: says('hi', { verbosity: 'low' }) });
    expect(ignored.headers.get('x-ignored-params')).toBe('verbosity');
    expect(await statusOf('post', CHAT, { body: says('hi', { n: 2 }) })).toBe(400);
    expect(await statusOf('post', CHAT, { body: '{"model":' })).toBe(400);
    expect(await statusOf('post', CHAT, { body: says('hi', { model: 'nobody' }) })).toBe(404);
    const [plain, packed] = [{ 'content-type': 'text/plain' }, { 'content-encoding': 'gzip' }];
    for (const headers of [plain, packed])
      expect(await statusOf('post', CHAT, { body: '{}', headers })).toBe(415);
    expect(await statusOf('post', CHAT, { body: ' '.repeat(33 * 2 ** 20) })).toBe(413);
    expect(await statusOf('post', CHAT, { body: '{}', headers: { origin: 'https://evil.example' } })).toBe(
      403,
    );
  });

  it('when nobody can answer, or it breaks off', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 503, retryAfter: 3 });
    const failed = await live.ask('post', CHAT, { body: says('hi', { model: 'strict-9b' }) });
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    toaster.fake.fault('qwen3.5:9b', { kind: 'error-in-stream', after: 1 });
    const broken = await live.ask('post', CHAT, {
      body: says('one two three', { model: 'strict-9b', stream: true }),
    });
    expect(broken.text).toMatch(/"broke_off"/);
  });

  it('which models there are', async () => {
    await live.ask('get', '/v1/models');
    for (const id of ['fast-9b', 'pair'])
      expect(await statusOf('get', '/v1/models/{id}', { names: { id } })).toBe(200);
    expect(await statusOf('get', '/v1/models/{id}', { names: { id: 'nobody' } })).toBe(404);
  });
});

describe('other dialects', () => {
  const asked = { model: 'fast-9b', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] };

  it('responses', async () => {
    const path = '/v1/responses';
    for (const model of ['fast-9b', 'think-9b'])
      for (const stream of [false, true])
        expect(await statusOf('post', path, { body: { model, input: 'hi', stream } })).toBe(200);
    const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object' } }];
    toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] });
    for (const stream of [false, true])
      expect(
        (await live.ask('post', path, { body: { model: 'fast-9b', input: '?', tools, stream } })).text,
      ).toContain('Paris');
    expect(await statusOf('post', path, { body: { model: 'nobody', input: 'hi' } })).toBe(404);
    expect(
      await statusOf('post', path, { body: { model: 'fast-9b', input: 'hi', previous_response_id: 'r' } }),
    ).toBe(400);
    expect(await statusOf('get', `${path}/{id}`, { names: { id: 'resp_1' } })).toBe(404);
  });

  it('messages, and how many tokens they have', async () => {
    const path = '/v1/messages';
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    for (const fields of [{}, { stream: true }, { stream: true, model: 'think-9b', thinking }])
      expect(await statusOf('post', path, { body: { ...asked, ...fields } })).toBe(200);
    const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
    toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] });
    for (const stream of [false, true])
      expect((await live.ask('post', path, { body: { ...asked, tools, stream } })).text).toContain('Paris');
    expect(await statusOf('post', path, { body: { ...asked, model: 'nobody' } })).toBe(404);
    expect(await statusOf('post', path, { body: { model: 'fast-9b' } })).toBe(400);
    expect(await statusOf('post', `${path}/count_tokens`, { body: asked })).toBe(200);
    expect(await statusOf('post', `${path}/count_tokens`, { body: {} })).toBe(400);
  });

  it('a text that goes on, and vectors', async () => {
    const text = { model: 'fast-9b', prompt: 'once upon' };
    for (const fields of [{}, { stream: true }, { logprobs: 1 }])
      expect(await statusOf('post', '/v1/completions', { body: { ...text, ...fields } })).toBe(200);
    expect(await statusOf('post', '/v1/completions', { body: { ...text, best_of: 2 } })).toBe(400);
    for (const encoding_format of ['float', 'base64'])
      expect(
        await statusOf('post', '/v1/embeddings', {
          body: { model: 'embed', input: ['a', 'b'], encoding_format },
        }),
      ).toBe(200);
    expect(await statusOf('post', '/v1/embeddings', { body: { model: 'fast-9b', input: 'a' } })).toBe(400);
  });

  it('models as Ollama lists them', async () => {
    for (const path of ['/api/tags', '/api/ps', '/api/version'])
      expect(await statusOf('get', path)).toBe(200);
    expect(await statusOf('post', '/api/show', { body: { model: 'fast-9b' } })).toBe(200);
    expect(await statusOf('post', '/api/show', { body: { model: 'nobody' } })).toBe(404);
    expect(await statusOf('post', '/api/show', { body: {} })).toBe(400);
  });
});

describe('watching', () => {
  it('status, log, numbers, memory', async () => {
    await live.ask('get', '/api/status');
    for (const query of ['', '?limit=2', '?filter=demoted', '?filter=council', '?q=pair'])
      expect(await statusOf('get', '/api/requests', { query })).toBe(200);
    for (const span of ['hour', 'day', 'week']) {
      await live.ask('get', '/api/stats', { query: `?span=${span}` });
      await live.ask('get', '/api/memory/history', { query: `?span=${span}` });
    }
    await live.ask('get', '/api/memory/history');
    await live.ask('get', '/api/stress/report');
  });

  it('says what may be asked', async () => {
    for (const query of ['?limit=0', '?limit=1000', '?filter=none', '?before=x'])
      expect(await statusOf('get', '/api/requests', { query })).toBe(400);
    expect(await statusOf('get', '/api/stats')).toBe(400);
    expect(await statusOf('get', '/api/memory/history', { query: '?span=year' })).toBe(400);
  });

  it('events as they come, and what was missed', async () => {
    await live.ask('get', '/api/events', { until: /event: status\n.*\n\n/, query: '?quiet=1' });
    const lost = await live.ask('get', '/api/events', {
      headers: { 'last-event-id': 'another-1' },
      until: /event: pressure\n.*\n\n/,
    });
    expect(lost.text).toContain('event: reset');
    const id = /^id: (\S+)-\d+$/m.exec(lost.text)?.[1];
    const missed = await live.ask('get', '/api/events', {
      headers: { 'last-event-id': `${id}-0` },
      until: /event: memory\n.*\n\n/,
    });
    expect(missed.text).toContain('event: request');
  });
});

describe('changing', () => {
  const PIN = '/api/models/{name}/pin';
  const COOL = '/api/models/{name}/cool';
  const names = { name: 'fast-3b' };

  it('pins, cools, settings, reload', async () => {
    for (const pinned of [true, false])
      expect(await statusOf('put', PIN, { names, body: { pinned }, admin: true })).toBe(200);
    expect(await statusOf('post', COOL, { names, admin: true })).toBe(200);
    expect(await statusOf('post', '/api/cool', { admin: true })).toBe(200);
    await live.ask('get', '/api/settings');
    const prices = { input: 3, output: 15 };
    for (const body of [{ prices }, { reserve_gb: 1 }, { prices: null }])
      expect(await statusOf('put', '/api/settings', { body, admin: true })).toBe(200);
    expect(await statusOf('post', '/api/config/reload', { admin: true })).toBe(200);
  });

  it('not without the token, not what there is not, not what makes no sense', async () => {
    expect(await statusOf('put', PIN, { names, body: { pinned: true } })).toBe(401);
    for (const path of [COOL, '/api/cool', '/api/config/reload'])
      expect(await statusOf('post', path, { names })).toBe(401);
    expect(await statusOf('put', '/api/settings', { body: {} })).toBe(401);
    for (const name of ['nobody', 'pair']) {
      expect(await statusOf('put', PIN, { names: { name }, body: { pinned: true }, admin: true })).toBe(404);
      expect(await statusOf('post', COOL, { names: { name }, admin: true })).toBe(404);
    }
    expect(await statusOf('put', PIN, { names, body: { pinned: 1 }, admin: true })).toBe(400);
    expect(await statusOf('put', '/api/settings', { body: { reserve_gb: -1 }, admin: true })).toBe(400);
  });

  it('not in a file that is broken', async () => {
    const config = join(toaster.folder, 'config.yaml');
    writeFileSync(config, 'models: [');
    expect(await statusOf('post', '/api/config/reload', { admin: true })).toBe(400);
    expect(await statusOf('put', '/api/settings', { body: { reserve_gb: 1 }, admin: true })).toBe(409);
    toaster.writeConfig(MODELS);
  });

  it('a code for the token', async () => {
    const words = new URLSearchParams({ a: '--open', token: live.token });
    const { text } = await live.ask('post', '/ask', { headers: { ...ASK, ...FORM }, body: `${words}` });
    const code = /#(?:code=)?([\w-]+)\s*$/.exec(text)?.[1];
    const given = await live.ask('post', '/api/session', { body: { code } });
    expect(JSON.parse(given.text)).toEqual({ token: live.token });
    expect(await statusOf('post', '/api/session', { body: {} })).toBe(400);
    for (let i = 0; i < 10; i += 1)
      expect(await statusOf('post', '/api/session', { body: { code } })).toBe(401);
    expect(await statusOf('post', '/api/session', { body: { code } })).toBe(429);
  });
});

describe('the command line', () => {
  const say = (words: string[], headers: Record<string, string> = { ...ASK, ...FORM }) =>
    live.ask('post', '/ask', {
      headers,
      body: `${new URLSearchParams(words.map((word): [string, string] => ['a', word]))}`,
    });

  it('answers, reports and refuses', async () => {
    expect((await say(['hi'])).headers.get('x-exit')).toBe('0');
    expect(JSON.parse((await say(['--json', 'hi'])).text)).toMatchObject({ text: 'echo: hi' });
    for (const command of ['--help', '--status', '--models', '--version']) await say([command]);
    await say(['--status', '--json']);
    const wrong = await say(['--nonsense', 'hi']);
    expect([wrong.status, wrong.headers.get('x-exit')]).toEqual([400, '2']);
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    expect((await say(['--no-cache', '--model', 'strict-9b', 'hm'])).headers.get('x-exit')).toBe('4');
    expect((await say(['hi'], FORM)).status).toBe(403);
  });

  it('has a stderr of its own', async () => {
    const reading = live.ask('get', '/ask/{id}/stderr', { names: { id: '7' }, headers: ASK });
    const words = new URLSearchParams({ a: '--why', stream: '7' });
    words.append('a', 'hi');
    await live.ask('post', '/ask', { headers: { ...ASK, ...FORM }, body: `${words}` });
    expect((await reading).status).toBe(200);
    expect(await statusOf('get', '/ask/{id}/stderr', { names: { id: '7' } })).toBe(403);
  });
});

describe('itself', () => {
  it('greets, is well, shows its page and its descriptions', async () => {
    await live.ask('get', '/', { headers: { accept: 'text/plain' } });
    expect(await statusOf('get', '/', { headers: { accept: 'text/html' } })).toBe(302);
    for (const path of ['/health', '/metrics', '/ui/', '/config.schema.json'])
      expect(await statusOf('get', path), path).toBe(200);
    const { text } = await live.ask('get', '/openapi.json');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe('where other machines come from', () => {
  it('everything but /health wants the key', async () => {
    const abroad = await startToaster({ bindings: [{ host: '127.0.0.1', key: KEY }], ui: '/nonexistent' });
    const there = new Live(abroad, conformance);
    for (const [path, methods] of Object.entries(document.paths))
      for (const method of Object.keys(methods) as (keyof typeof methods)[]) {
        const names = { id: 'fast-9b', name: 'fast-9b' };
        const { status } = await there.ask(method, path, { names, ...(method !== 'get' && { body: {} }) });
        expect(status, `${method} ${path}`).toBe(path === '/health' ? 200 : 401);
      }
    const headers = { authorization: `Bearer ${KEY}` };
    expect((await there.ask('get', '/v1/models', { headers })).status).toBe(200);
    expect((await there.ask('get', '/ui/', { headers })).status).toBe(503);
    await abroad.end();
  });
});

it('every answer of its own that the document has was seen', () => {
  const good = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => Number(status) < 400)
        .map((status) => `${operationId} ${status}`),
    ),
  );
  expect(good.filter((answer) => !conformance.seen.has(answer))).toEqual([]);
  const events = ['status', 'request', 'memory', 'pressure', 'reset'].map(
    (name) => `streamEvents 200 ${name}`,
  );
  expect(events.filter((event) => !conformance.seen.has(event))).toEqual([]);
});
