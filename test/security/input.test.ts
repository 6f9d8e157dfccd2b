import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../proxy/config/load.ts';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What a client that may ask can do by what it says. */

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());

const user = (content: string) => ({ role: 'user', content });
const lastChat = () => toaster.fake.seen.findLast(({ path }) => path === '/api/chat')?.body;
const logText = () => readFileSync(join(toaster.folder, 'log.jsonl'), 'utf8');
const ask = (words: string[], fields: Record<string, string> = {}) =>
  fetch(`${toaster.url}/ask`, {
    method: 'POST',
    headers: { 'x-ask': '1' },
    body: new URLSearchParams([
      ...words.map((word): [string, string] => ['a', word]),
      ...Object.entries(fields),
    ]),
  });
/** A note as the shim prints it. */
const noteOf = (response: Response) =>
  Buffer.from(response.headers.get('x-note') ?? '', 'latin1').toString('utf8');
/** Names of what every object has. */
const HEIRLOOMS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

describe('names that every object has', () => {
  it('as keys of a body change no object, and are told as unknown', async () => {
    const response = await toaster.post(
      '/v1/chat/completions',
      `{"model":"fast-9b","messages":[{"role":"user","content":"hi","__proto__":{"role":"system"}}],
        "__proto__":{"stream":true,"max_tokens":1,"tools":[]},"constructor":{"prototype":{"stream":true}},
        "metadata":{"__proto__":"x","constructor":"y","a":"b"},"stream_options":{"__proto__":{"include_usage":true}}}`,
    );
    expect(response.headers.get('x-ignored-params')).toBe('__proto__, constructor');
    expect((await jsonOf(response)).choices[0].message.content).toBe('echo: hi');
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'stream')).toBeUndefined();
    expect(lastChat()).toMatchObject({ messages: [{ role: 'user', content: 'hi' }] });
    expect(lastChat()?.options).toEqual({ num_ctx: 8192 });
  });

  it.each(HEIRLOOMS)('%s is no model, by any door', async (name) => {
    const before = toaster.fake.seen.length;
    expect((await toaster.chat('hi', { model: name })).status).toBe(404);
    expect((await fetch(`${toaster.url}/v1/models/${name}`)).status).toBe(404);
    expect((await toaster.admin('PUT', `/api/models/${name}/pin`, { pinned: true })).status).toBe(404);
    expect((await toaster.admin('POST', `/api/models/${name}/cool`)).status).toBe(404);
    const token = readFileSync(join(toaster.folder, 'admin.token'), 'utf8');
    for (const words of [
      ['--model', name, 'hi'],
      ['--warm', name],
      ['--cool', name],
      ['--pull', name],
      ['--stress', '--tiers', `${name},9b`],
      ['--completions', name],
      ['--log', '--only', name],
      [`--${name}`, 'hi'],
    ]) {
      const lines = toaster.log().length;
      const response = await ask(words, { token });
      expect([response.status, response.headers.get('x-exit')], words.join(' ')).toEqual([400, '2']);
      expect(noteOf(response)).toMatch(/^ask: /);
      expect(toaster.log()).toHaveLength(lines + 1);
    }
    expect(toaster.fake.seen.slice(before).filter(({ path }) => path === '/api/chat')).toEqual([]);
  });

  it('are unknown keys in a config, not its hidden defaults', () => {
    expect(() => parseConfig('__proto__: { default_tier: 3b }', 'c.yaml')).toThrow(
      /c\.yaml:1: __proto__: unknown key/,
    );
    expect(() => parseConfig('memory: { __proto__: { reserve_gb: 9 } }', 'c.yaml')).toThrow(/unknown key/);
    expect(() => parseConfig('tiers: { x: constructor }', 'c.yaml')).toThrow(/no model called constructor/);
    const { models } = parseConfig('models: { __proto__: { weights: llama-3b } }', 'c.yaml');
    expect([Object.keys(models).includes('__proto__'), Object.getPrototypeOf(models)]).toEqual([false, null]);
  });
});

describe('where the answer comes from', () => {
  it('is in no field and no header that a client could send', async () => {
    const elsewhere = 'http://127.0.0.1:9';
    const response = await toaster.chat(
      'hi',
      {
        api_base: elsewhere,
        base_url: elsewhere,
        api_key: 'x',
        api_type: 'azure',
        custom_llm_provider: 'openai',
        url: elsewhere,
        host: elsewhere,
        proxy: elsewhere,
        extra_body: { base_url: elsewhere },
        extra_headers: { host: 'evil' },
        weights: 'llama-3b',
        runtime: 'llamacpp',
        file: '/etc/passwd',
        options: { num_ctx: 1 },
        keep_alive: -1,
        fallback: ['coder-30b'],
        fallbacks: [{ model: 'x' }],
        system: 'obey',
        template: 'x',
        raw: true,
      },
      { 'x-upstream': elsewhere, 'x-target-url': elsewhere, 'x-forwarded-host': '127.0.0.1:9' },
    );
    expect((await jsonOf(response)).choices[0].message.content).toBe('echo: hi');
    expect(lastChat()).toEqual({
      model: 'qwen3.5:9b',
      messages: [user('hi')],
      stream: true,
      keep_alive: 900,
      truncate: false,
      shift: false,
      think: false,
      options: { num_ctx: 8192 },
    });
  });

  it.each([
    'qwen3.5:9b',
    'ollama/qwen3.5:9b',
    'http://127.0.0.1:9/v1',
    'qwen-9b',
    'tiny.gguf',
    '../models/tiny.gguf',
    '/etc/passwd',
    'fast-9b\n',
    ' fast-9b',
    'FAST-9B',
    'fast-9b,coder-30b',
  ])('is no weights, no address and no path: %j', async (model) => {
    const before = toaster.fake.seen.length;
    expect((await toaster.chat('hi', { model })).status).toBe(404);
    expect(toaster.fake.seen.slice(before).filter(({ path }) => path === '/api/chat')).toEqual([]);
  });

  it('a picture is fetched from nowhere', async () => {
    for (const url of [
      'http://127.0.0.1:9/a.png',
      'file:///etc/passwd',
      '/etc/passwd',
      'data:text/html;base64,aGk=',
      'data:image/png;base64,../../etc/passwd?',
    ]) {
      const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
      const response = await toaster.chat('', { messages });
      expect([response.status, (await jsonOf(response)).error.param]).toEqual([
        400,
        'messages.0.content.0.image_url.url',
      ]);
    }
  });
});

describe('names that are paths, or worse', () => {
  const names = [
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    'a%00b',
    'a%0d%0aX-Evil:%20yes',
    '%1b%5d52;c;aGk=%07',
    '%c2%9b31m',
    encodeURIComponent('🍞'.repeat(100)),
    'a'.repeat(8000),
  ];
  it.each(names)('%s: 404, said as text', async (name) => {
    for (const [method, path] of [
      ['GET', `/v1/models/${name}`],
      ['PUT', `/api/models/${name}/pin`],
      ['POST', `/api/models/${name}/cool`],
    ] as const) {
      const response =
        method === 'GET'
          ? await fetch(toaster.url + path)
          : await toaster.admin(method, path, { pinned: true });
      expect(response.status).toBe(404);
      expect(response.headers.get('x-evil')).toBeNull();
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
      expect(await response.text()).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it.each(['%zz', '%', '%c3%28', '%ff'])(
    '%s is no name in UTF-8: 400, not a fault of Toaster',
    async (name) => {
      const response = await fetch(`${toaster.url}/v1/models/${name}`);
      expect([response.status, (await jsonOf(response)).error.type]).toEqual([400, 'invalid_request_error']);
    },
  );

  it.each([
    ['an escape', '\u001b]0;pwned\u0007', '␛]0;pwned␇'],
    ['a control of eight bits', '\u009b31m', '\\x9b31m'],
    ['lines and a header', 'a\r\nX-Exit: 0\r\n\r\nb', 'a X-Exit: 0  b'],
    ['a NUL', 'a\0b', 'a␀b'],
  ])('%s in a word of ask is shown, and does nothing', async (_name, word, shown) => {
    for (const words of [
      ['--model', word, 'hi'],
      [`--${word.replaceAll(/\s/g, '')}`],
      ['--seed', word, 'hi'],
    ]) {
      const response = await ask(words);
      expect([response.status, response.headers.get('x-exit')]).toEqual([400, '2']);
      expect(noteOf(response).replaceAll(' ', '')).toContain(shown.replaceAll(' ', ''));
    }
  });

  it('a name without end is cut short, in the header and in the log', async () => {
    const before = statSync(join(toaster.folder, 'log.jsonl')).size;
    const name = 'x'.repeat(2_000_000);
    expect((await toaster.chat('hi', { model: name })).status).toBe(400);
    const long = name.slice(0, 300_000);
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}${long}`, long]));
    const named = await toaster.chat('hi', { user: long, metadata, [long]: 1 });
    expect(named.status).toBe(200);
    expect(named.headers.get('x-ignored-params')?.length).toBeLessThan(100);
    // curl takes 100 kB of a header, and undici 16.
    const response = await ask(['--model', long, 'hi']);
    expect([response.status, noteOf(response).length < 8100]).toEqual([400, true]);
    expect(statSync(join(toaster.folder, 'log.jsonl')).size - before).toBeLessThan(25_000);
  });
});

describe('the log', () => {
  const evil = 'a\n{"ts":1,"model":"forged"}\r\n\u2028\u2029\u0085\u001b[2J\u009b31m\u007f\u0000';

  it('has one line for a request, whatever it said of itself', async () => {
    const before = logText().split('\n').length;
    toaster.fake.fault('llama3.2:1b', { kind: 'status', status: 500, error: evil });
    await toaster.chat('hi', { user: evil, metadata: { [evil]: evil } });
    await toaster.chat('hi', { model: evil });
    await toaster.chat('hi', { model: 'fast-1b', user: evil }, { 'x-strict': '1' });
    await ask(['--model', evil, 'hi']);
    const lines = logText().split('\n');
    expect(lines).toHaveLength(before + 4);
    // Nothing that a terminal acts on, nor that a reader of lines takes for their end.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect(logText().replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(
      toaster
        .log()
        .slice(-4)
        .map(({ model, user: name }) => [model, name]),
    ).toEqual([
      ['fast-9b', evil],
      [evil, undefined],
      ['fast-1b', evil],
      [null, undefined],
    ]);
  });
});

describe('JSON', () => {
  const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const chat = (fields: string) => `{"model":"fast-9b","messages":[{"role":"user","content":"hi"}]${fields}}`;
  const toolOf = (inner: string) =>
    chat(`,"tools":[{"type":"function","function":{"name":"f","parameters":{"x":${inner}}}}]`);
  const argumentsOf = (inner: string) =>
    JSON.stringify({
      model: 'fast-9b',
      messages: [
        user('hi'),
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: `{"x":${inner}}` } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'x' },
      ],
    });
  const formatOf = (inner: string) =>
    chat(`,"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"x":${inner}}}}`);

  it.each([
    ['as a whole', nest(200_000), null],
    ['open for ever', '['.repeat(30_000_000), null],
    ['in a field nobody knows', chat(`,"zzz":${nest(200_000)}`), null],
    ['in a tool', toolOf(nest(200_000)), null],
    ['in a schema', formatOf(nest(200_000)), null],
    ['in a call of the past', argumentsOf(nest(200_000)), 'messages.1.tool_calls.0.function.arguments'],
  ])('that is deep %s: 400, at once, and no model is blamed', async (_name, content, param) => {
    const response = await toaster.post('/v1/chat/completions', content);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({
      code: 'too_deep',
      param,
      message: expect.stringMatching(/deeper than 100 levels/),
    });
    expect((await toaster.chat('x', {}, { 'x-strict': '1' })).status).toBe(200);
  });

  it.each([
    ['messages', `{"model":"fast-9b","messages":[${'0,'.repeat(1_000_000)}0]}`],
    ['tools', chat(`,"tools":[${'0,'.repeat(1_000_000)}0]`)],
    ['fields', chat(`,${Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join(',')}`)],
    ['nothings', `[${'[],'.repeat(10_000_000)}0]`],
  ])('of a million %s: 400, and memory is not gone', async (_name, content) => {
    const response = await toaster.post('/v1/chat/completions', content);
    expect([response.status, (await jsonOf(response)).error.code]).toEqual([400, 'too_many_values']);
  });

  it('that is deep where people go, is taken', async () => {
    for (const content of [toolOf(nest(80)), formatOf(nest(80)), argumentsOf(nest(80))])
      expect((await toaster.post('/v1/chat/completions', content)).status).toBe(200);
  });

  it.each(['[[[[,,,,', `${'[{"'.repeat(60)}`, '\\"'.repeat(50_000), '",'.repeat(50_000), '\\\\', '}]}]'])(
    'in a text counts for nothing: %s',
    async (text) => {
      expect((await toaster.chat(text.repeat(3).slice(0, 20_000))).status).toBe(200);
      expect(lastChat()?.messages?.[0]?.content).toBe(text.repeat(3).slice(0, 20_000));
    },
  );

  it.each([
    [
      'a schema of ask that is deep',
      ['--schema', 'f', 'hi'],
      { schema: `{"a":${nest(100_000)}}` },
      /f is nested deeper/,
    ],
    ['one that is no object', ['--schema', 'f', 'hi'], { schema: '[1]' }, /must hold a JSON object/],
    ['words without end', Array.from({ length: 30_000 }, () => 'a'), {}, /too much for a command line/],
    ['letters behind one dash', [`-${'j'.repeat(200_000)}`], {}, /too much for a command line/],
    ['a long slip of the keyboard', [`--${'a'.repeat(500_000)}`], {}, /is not a flag/],
  ])('%s: 400', async (_name, words, fields, says) => {
    const response = await ask(words, fields);
    expect([response.status, response.headers.get('x-exit')]).toEqual([400, '2']);
    expect(noteOf(response)).toMatch(says);
  });

  it('a long run of spaces is no work', async () => {
    const began = performance.now();
    const spaces = ' '.repeat(1_000_000);
    const [words, piped] = [ask([`a${spaces}b`]), ask(['hi'], { i: `${spaces}x${spaces}` })];
    expect((await words).status).toBe(400);
    expect((await piped).status).toBe(400);
    // It was a quarter of an hour; a machine that is busy may take a while.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe('what a page can write into the config', () => {
  it.each([
    { models: { x: { weights: 'llama-3b' } } },
    { reserve_gb: 1, weights: {} },
    { config_file: '/tmp/x' },
    { log_file: '/tmp/x' },
    { 'memory.reserve_gb': 1 },
    JSON.parse('{"__proto__":{"reserve_gb":1},"reserve_gb":1}'),
  ])('is only what the window changes: %j', async (body) => {
    const before = readFileSync(join(toaster.folder, 'config.yaml'), 'utf8');
    expect((await toaster.admin('PUT', '/api/settings', body)).status).toBe(400);
    expect(readFileSync(join(toaster.folder, 'config.yaml'), 'utf8')).toBe(before);
  });

  it('a text stays a text, whatever YAML would make of it', async () => {
    for (const currency of ['a\nb: c', '*x', '!!js/x', '"', '{}', '# x', '&a b']) {
      const prices = { input: 1, output: 1, currency };
      expect((await toaster.admin('PUT', '/api/settings', { prices })).status).toBe(200);
      expect((await jsonOf(await fetch(`${toaster.url}/api/settings`))).prices).toEqual(prices);
    }
  });
});
