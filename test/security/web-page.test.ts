import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What a web page in the person's browser can do to the proxy of its machine. */

let toaster: TestToaster;
let token: string;
beforeAll(async () => {
  toaster = await startToaster();
  token = readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();
});
afterAll(() => toaster.end());
const port = () => new URL(toaster.url).port;

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** With headers that `fetch` does not let one set. */
function send(
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(toaster.url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject).end(method === 'GET' ? '' : body);
  });
}
const CHAT = '/v1/chat/completions';
const body = JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: 'hi' }] });
/** What was asked of models; these only look. */
const LOOKS = ['/api/ps', '/api/version', '/api/tags', '/api/show'];
const asked = () => toaster.fake.seen.filter(({ path }) => !LOOKS.includes(path));
/** Everything that a request could change. */
const state = async () => ({
  status: (await jsonOf(await fetch(`${toaster.url}/api/status`))).models.map(
    ({ model, pinned, state: warm }: Record<string, unknown>) => [model, pinned, warm],
  ),
  settings: await jsonOf(await fetch(`${toaster.url}/api/settings`)),
  config: readFileSync(join(toaster.folder, 'config.yaml'), 'utf8'),
  asked: asked().length,
});

describe('by its name (DNS rebinding)', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('%s is this machine', async (name) => {
    expect((await send('/health', { host: `${name}:${port()}` })).status).toBe(200);
    expect((await send('/health', { host: name })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example.localhost',
    '127.0.0.1.nip.io',
    '127.0.0.1.',
    '127.0.0.1:80@evil.example',
    '127.0.0.1 evil.example',
    '127.1',
    '2130706433',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    '',
  ])('"%s" is not, for no route', async (name) => {
    for (const path of ['/health', '/v1/models', '/api/status', '/ui/', '/nothing']) {
      const { status, text } = await send(path, { host: `${name}:${port()}` });
      expect([status, JSON.parse(text).error.code]).toEqual([403, 'forbidden_host']);
    }
  });

  it('one that was good before makes the next no better', async () => {
    for (const [name, status] of [
      ['localhost', 200],
      ['evil.example', 403],
      ['localhost', 200],
      ['evil.example', 403],
    ] as const)
      expect((await send('/health', { host: `${name}:${port()}` })).status).toBe(status);
  });
});

describe('by where it comes from', () => {
  it.each([
    'https://evil.example',
    'http://localhost:3000',
    'http://localhost',
    'https://localhost',
    'null',
    'file://',
    'chrome-extension://abcdefghijklmnop',
    'http://evil.example, http://localhost',
  ])('%s asks no model and reads nothing, though it knows the token', async (origin) => {
    const before = asked().length;
    const headers = { origin, 'content-type': 'application/json', authorization: `Bearer ${token}` };
    for (const [method, path] of [
      ['POST', CHAT],
      ['POST', '/v1/completions'],
      ['POST', '/v1/embeddings'],
      ['POST', '/api/show'],
      ['GET', '/api/tags'],
      ['POST', '/ask'],
      ['GET', '/v1/models'],
      ['GET', '/api/requests'],
      ['GET', '/api/events'],
      ['PUT', '/api/models/fast-9b/pin'],
      ['POST', '/api/cool'],
      ['POST', '/api/session'],
    ] as const) {
      const { status, text, headers: given } = await send(path, { ...headers, 'x-ask': '1' }, method, body);
      expect([status, JSON.parse(text || '{"error":{}}').error.code ?? given['x-note']]).toEqual([
        403,
        expect.stringMatching(/forbidden_origin|may not use this proxy/),
      ]);
      expect(Object.keys(given).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    expect(asked()).toHaveLength(before);
  });

  it('its own page may', async () => {
    expect((await send('/health', { origin: toaster.url })).status).toBe(200);
    expect((await send('/health', { origin: toaster.url.toUpperCase() })).status).toBe(200);
  });

  it('another port of this machine is another site', async () => {
    for (const site of ['cross-site', 'same-site'])
      for (const mode of ['no-cors', 'cors', 'websocket']) {
        const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode };
        expect((await send('/api/status', headers)).status, `${site} ${mode}`).toBe(403);
      }
  });

  it('a link that one follows may come from anywhere, a form that is sent may not', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await send('/health', headers)).status).toBe(200);
    for (const path of ['/ask', CHAT]) {
      const allowed = { ...headers, 'x-ask': '1', 'content-type': 'application/json' };
      expect((await send(path, allowed, 'POST', body)).status).toBe(403);
    }
  });

  it('a socket is refused as well', async () => {
    const { status } = await send('/api/events', {
      origin: 'https://evil.example',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    });
    expect(status).toBe(403);
  });
});

describe('a preflight', () => {
  it.each([
    [CHAT, 'POST', 'content-type'],
    ['/ask', 'POST', 'x-ask'],
    ['/api/models/fast-9b/pin', 'PUT', 'authorization'],
    ['/api/config/reload', 'POST', 'authorization'],
  ])('for %s is not answered', async (path, method, header) => {
    for (const origin of ['https://evil.example', toaster.url]) {
      const { status, headers } = await send(
        path,
        {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': header,
          'access-control-request-private-network': 'true',
        },
        'OPTIONS',
      );
      expect([403, 404]).toContain(status);
      expect(Object.keys(headers).filter((name) => /^access-control-|^allow$/.test(name))).toEqual([]);
    }
  });
});

describe('what it can send without one', () => {
  const form = 'application/x-www-form-urlencoded';
  const types = [form, 'multipart/form-data; boundary=x', 'text/plain', 'text/plain; application/json', ''];
  /** What a browser says of itself; old ones say nothing. */
  const browsers: [string, http.OutgoingHttpHeaders][] = [
    ['a browser of now', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['one that hides its origin', { origin: 'null' }],
    ['an old one', {}],
  ];
  const posts = [
    CHAT,
    '/v1/completions',
    '/v1/embeddings',
    '/ask',
    '/api/session',
    '/api/config/reload',
    '/api/cool',
    '/api/models/fast-9b/cool',
    '/api/models/fast-9b/pin',
    '/api/settings',
    '/v1/models',
    '/health',
    '/',
  ];
  const contents = [body, `a=hi&x-ask=1&token=&_method=PUT`, `a=--cool&a=9b`];

  it.each(browsers)(
    '%s: forms and text, wherever they go, change nothing and ask nobody',
    async (_name, headers) => {
      const before = await state();
      for (const path of posts)
        for (const type of types)
          for (const content of contents) {
            const { status, headers: given } = await send(
              path,
              { ...headers, ...(type !== '' && { 'content-type': type }) },
              'POST',
              content,
            );
            expect([401, 403, 404, 415], `${path} ${type}`).toContain(status);
            expect(given['access-control-allow-origin']).toBeUndefined();
          }
      expect(await state()).toEqual(before);
    },
  );

  it.each(browsers)('%s: no GET does anything but tell', async (_name, headers) => {
    const before = await state();
    const paths = [
      ...posts,
      '/ask/1/stderr',
      `${CHAT}?model=fast-9b&messages=hi`,
      '/ask?a=hi&X-Ask=1',
      `/api/models/fast-9b/cool?token=${token}`,
      `/api/models/fast-9b/pin?pinned=true&authorization=Bearer%20${token}`,
      `/api/config/reload?_method=POST`,
      '/api/stats?span=hour',
      '/api/requests?q=x',
      '/api/memory/history',
      '/api/stress/report',
      '/api/tags',
      '/api/ps',
      '/api/version',
      '/api/show',
      '/config.schema.json',
      '/openapi.json',
    ];
    for (const path of paths)
      for (const method of ['GET', 'HEAD'])
        expect((await send(path, headers, method)).status, path).toBeLessThan(500);
    expect(await state()).toEqual(before);
  });

  it('what shows a model to any type only tells', async () => {
    const before = await state();
    for (const type of types) {
      const headers = type === '' ? {} : { 'content-type': type };
      const { status, headers: given } = await send('/api/show', headers, 'POST', body);
      expect([status, given['access-control-allow-origin']]).toEqual([200, undefined]);
    }
    expect(await state()).toEqual(before);
  });

  it('the header of ask and the JSON type, which need one, are what opens', async () => {
    expect((await send('/ask', { 'x-ask': '1', 'content-type': form }, 'POST', 'a=hi')).status).toBe(200);
    expect((await send(CHAT, { 'content-type': 'application/json' }, 'POST', body)).status).toBe(200);
  });
});

describe('what it can embed', () => {
  it('nothing is taken for another type, nor put into the page of another', async () => {
    for (const path of [
      '/',
      '/health',
      '/v1/models',
      '/api/status',
      '/api/stress/report',
      '/nothing',
      '/ui/',
    ]) {
      const { headers } = await send(path);
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['cross-origin-resource-policy'], path).toBe('same-origin');
    }
    for (const path of ['/ui/', '/api/stress/report'])
      expect((await send(path)).headers['content-security-policy']).toMatch(
        /default-src 'none';.*frame-ancestors 'none'/,
      );
  });
});

describe('what changes state', () => {
  const cases: [string, string, unknown][] = [
    ['PUT', '/api/models/fast-9b/pin', { pinned: true }],
    ['POST', '/api/models/fast-9b/cool', {}],
    ['POST', '/api/cool', {}],
    ['PUT', '/api/settings', { reserve_gb: 1 }],
    ['POST', '/api/config/reload', {}],
  ];
  it.each(cases)('%s %s needs the token, whole', async (method, path, content) => {
    const before = await state();
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer  ${token}`,
      `Bearer ${token.toUpperCase()}`,
      `Basic ${token}`,
      token,
      `Bearer x, Bearer ${token}`,
    ];
    for (const authorization of wrong) {
      const headers = {
        'content-type': 'application/json',
        ...(authorization !== undefined && { authorization }),
      };
      const { status, text } = await send(path, headers, method, JSON.stringify(content));
      expect([status, JSON.parse(text).error.code], authorization).toEqual([401, 'invalid_token']);
    }
    expect(await state()).toEqual(before);
  });

  it('the same for ask, whose token is in the form', async () => {
    const before = await state();
    for (const flag of ['--warm=9b', '--cool=9b', '--pull=9b', '--open'])
      for (const given of ['', token.slice(1), `${token}x`]) {
        const form = new URLSearchParams({ a: flag, token: given }).toString();
        const { status, text } = await send('/ask', { 'x-ask': '1' }, 'POST', form);
        expect([status, text]).toEqual([401, '']);
      }
    expect(await state()).toEqual(before);
  });
});
