import { once } from 'node:events';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw, sendRaw } from '../helpers/raw-http.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What bytes on a connection can do that no client of good will sends. */

const CHAT = '/v1/chat/completions';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const body = JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: 'hi' }] });

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
const host = (of = toaster) => `Host: ${new URL(of.url).host}\r\n`;
const upstream = (of = toaster) => of.fake.seen.filter(({ path }) => path === '/api/chat').length;
/** A whole request, after which the server closes. */
const request = (line: string, headers = '', content = '') =>
  `${line} HTTP/1.1\r\n${headers}Connection: close\r\n${content === '' ? '' : `Content-Length: ${content.length}\r\n`}\r\n${content}`;
const post = (of = toaster) => request(`POST ${CHAT}`, host(of) + JSON_TYPE, body);

describe('a request that two servers read differently', () => {
  // Behind the body that one of the lengths leaves, a second request lies in wait.
  const inner = '0\r\n\r\n';
  const cases: [string, string][] = [
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n'],
    ['a list of lengths', 'Content-Length: 5, 5\r\n'],
    ['a length with a sign', 'Content-Length: +5\r\n'],
    ['a negative length', 'Content-Length: -5\r\n'],
    ['a length in hex', 'Content-Length: 0x5\r\n'],
    ['an unknown coding', 'Transfer-Encoding: xchunked\r\n'],
    ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity\r\n'],
    ['two codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\nContent-Length: 5\r\n'],
    ['a folded line', 'X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
    ['a lone CR', 'X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
    ['a lone LF', 'X: a\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
    ['a NUL', 'X: a\0b\r\nContent-Length: 5\r\n'],
  ];
  it.each(cases)('%s: one 400, and what lay behind it is never read', async (_name, headers) => {
    const before = upstream();
    const { statuses, text } = await sendRaw(
      toaster.url,
      `POST ${CHAT} HTTP/1.1\r\n${host()}${JSON_TYPE}${headers}\r\n${inner}${post()}`,
    );
    expect(statuses).toEqual([400]);
    expect(text).toMatch(/Connection: close/);
    expect(upstream()).toBe(before);
  });

  it.each([
    ['a size that is no number', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a size that ends in a lone LF', '5\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '2\r\nhello\r\n0\r\n\r\n'],
    ['a size beyond all numbers', 'fffffffffffffffff\r\n'],
  ])('chunks with %s: the same', async (_name, chunks) => {
    const before = upstream();
    const { statuses } = await sendRaw(
      toaster.url,
      `POST ${CHAT} HTTP/1.1\r\n${host()}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${chunks}${post()}`,
    );
    expect(statuses.at(-1)).toBe(400);
    expect(upstream()).toBe(before);
  });

  it('two Host headers, whichever is the good one', async () => {
    for (const two of [
      `${host()}Host: evil.example\r\n`,
      `Host: evil.example\r\n${host()}`,
      host() + host(),
    ]) {
      const { statuses } = await sendRaw(toaster.url, request('GET /health', two));
      expect([[400], [403]], two).toContainEqual(statuses);
    }
  });

  it('no Host header', async () => {
    expect((await sendRaw(toaster.url, 'GET /health HTTP/1.1\r\n\r\n')).statuses).toEqual([400]);
    expect((await sendRaw(toaster.url, 'GET /health HTTP/1.0\r\n\r\n')).statuses).toEqual([403]);
  });
});

describe('a request for another server', () => {
  it.each([
    'GET http://evil.example/health',
    'GET https://evil.example/health',
    `POST http://evil.example${CHAT}`,
    'OPTIONS *',
    'GET evil.example:80/health',
  ])('%s: a 400, and nobody is asked', async (line) => {
    const before = upstream();
    const { statuses } = await sendRaw(toaster.url, request(line, host() + JSON_TYPE, body));
    expect(statuses).toEqual([400]);
    expect(upstream()).toBe(before);
  });

  it('its own address as a whole URL is not served either', async () => {
    expect((await sendRaw(toaster.url, request(`GET ${toaster.url}/health`, host()))).statuses).toEqual([
      400,
    ]);
  });

  it('no tunnel is made', async () => {
    const { statuses, text } = await sendRaw(toaster.url, request('CONNECT evil.example:443', host()));
    expect([statuses, text]).toEqual([[], '']);
  });

  it.each([
    'X-Forwarded-Host: 127.0.0.1',
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: for=127.0.0.1;host=127.0.0.1',
    'X-Original-URL: /health',
    'X-Rewrite-URL: /health',
    'X-Real-IP: 127.0.0.1',
  ])('%s makes a foreign Host no better', async (header) => {
    const foreign = `Host: evil.example\r\n${header}\r\n`;
    expect((await sendRaw(toaster.url, request('GET /health', foreign))).statuses).toEqual([403]);
  });

  it.each(['X-HTTP-Method-Override: GET', 'X-Original-URL: /health', 'X-Forwarded-Prefix: /health'])(
    '%s opens no door that needs the token',
    async (header) => {
      const headers = `${host()}${header}\r\n`;
      const { statuses } = await sendRaw(toaster.url, request('POST /api/config/reload', headers));
      expect(statuses).toEqual([401]);
    },
  );

  it('an upgrade to another protocol is not made', async () => {
    const headers = `${host()}Upgrade: h2c, websocket\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`;
    const { statuses } = await sendRaw(
      toaster.url,
      `GET /health HTTP/1.1\r\n${headers}Connection: Upgrade, HTTP2-Settings, close\r\n\r\n`,
    );
    expect(statuses).toEqual([200]);
    expect((await sendRaw(toaster.url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).statuses).toEqual([400]);
  });

  it.each(['TRACE', 'DELETE', 'PATCH', 'PROPFIND'])('%s is no method here', async (method) => {
    expect((await sendRaw(toaster.url, request(`${method} /v1/models`, host()))).statuses).toEqual([404]);
  });
});

describe('too much', () => {
  it.each([
    ['a header', request('GET /health', `X: ${'a'.repeat(20_000)}\r\n`)],
    ['an address', request(`GET /${'a'.repeat(20_000)}`)],
    ['headers', request('GET /health', 'a: b\r\n'.repeat(4000))],
  ])('%s: 431', async (_name, bytes) => {
    expect((await sendRaw(toaster.url, bytes)).statuses).toEqual([431]);
  });

  it('a body that says how long it will be: 413 before it comes', async () => {
    const { write, soFar, heard, leave } = connectRaw(toaster.url);
    write(`POST ${CHAT} HTTP/1.1\r\n${host()}${JSON_TYPE}Content-Length: 99999999999\r\n\r\n{`);
    await until(() => soFar().includes('too_large'));
    leave();
    expect((await heard).statuses).toEqual([413]);
    expect(toaster.log().at(-1)).toMatchObject({ exit_code: 2, error: 'The body is larger than 32 MB.' });
  });

  it('a body that never says: 413 as soon as it is', async () => {
    const { write, soFar, heard, leave } = connectRaw(toaster.url);
    write(`POST ${CHAT} HTTP/1.1\r\n${host()}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`);
    for (let mb = 0; mb < 33; mb++) write(`100000\r\n${' '.repeat(2 ** 20)}\r\n`);
    await until(() => soFar().includes('too_large'));
    leave();
    expect((await heard).statuses).toEqual([413]);
  });

  it('a body that swells: 415, as nothing is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const response = await fetch(toaster.url + CHAT, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect(response.status).toBe(415);
    expect((await jsonOf(response)).error.code).toBe('unsupported_encoding');
  });

  it('connections: the next one is closed, and there is room again when one has gone', async () => {
    const small = await startToaster({ limits: { connections: 3 } });
    const { port } = new URL(small.url);
    const open = [1, 2, 3].map(() => net.connect(Number(port), '127.0.0.1'));
    await Promise.all(open.map((socket) => once(socket, 'connect')));
    const refused = await sendRaw(small.url, request('GET /health', host(small)));
    expect(refused.statuses).toEqual([]);
    open[0]?.destroy();
    await until(
      async () => (await sendRaw(small.url, request('GET /health', host(small)))).statuses[0] === 200,
    );
    for (const socket of open) socket.destroy();
    await small.end();
  });
});

describe('too slow', () => {
  let hasty: TestToaster;
  /** Its patience is for the whole of a request. */
  let strict: TestToaster;
  beforeAll(async () => {
    hasty = await startToaster({ limits: { headersMs: 300, bodyIdleMs: 300 } });
    strict = await startToaster({ limits: { headersMs: 1000, requestMs: 1000 } });
  });
  afterEach(() => hasty.fake.reset());
  afterAll(async () => {
    await hasty.end();
    await strict.end();
  });

  it.each([
    ['nothing', ''],
    ['half a line', 'GET /hea'],
    ['headers without an end', `GET /health HTTP/1.1\r\nHost: x\r\nX: `],
  ])('%s: 408', async (_name, bytes) => {
    expect((await sendRaw(hasty.url, bytes)).statuses).toEqual([408]);
  });

  it('headers that never end, a byte at a time: 408', async () => {
    const { write, heard } = connectRaw(hasty.url);
    write(`GET /health HTTP/1.1\r\nX: `);
    const drip = setInterval(() => write('a'), 50);
    expect((await heard).statuses).toEqual([408]);
    clearInterval(drip);
  });

  it.each([
    ['a length', `Content-Length: ${body.length}\r\n\r\n{`],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ])(
    'a body with %s of which nothing more comes: 408 that says so, and a line in the log',
    async (_name, rest) => {
      const { text, statuses } = await sendRaw(
        hasty.url,
        `POST ${CHAT} HTTP/1.1\r\n${host(hasty)}${JSON_TYPE}${rest}`,
      );
      expect(statuses).toEqual([408]);
      expect(text).toMatch(/Connection: close[\s\S]*"code":"slow_body"/);
      expect(hasty.log().at(-1)).toMatchObject({
        exit_code: 2,
        error: expect.stringMatching(/^Nothing more/),
      });
      expect(upstream(hasty)).toBe(0);
    },
  );

  it('the same for ask', async () => {
    const headers = `${host(hasty)}X-Ask: 1\r\nContent-Length: 100\r\n\r\na=hi`;
    const { statuses, text } = await sendRaw(hasty.url, `POST /ask HTTP/1.1\r\n${headers}`);
    expect(statuses).toEqual([408]);
    expect(text).toMatch(/X-Exit: 2\r\nX-Note: ask: Nothing more of the body came/);
  });

  it('a body that never ends, a byte at a time: 408 when its whole time is up', async () => {
    const { write, heard } = connectRaw(strict.url);
    write(`POST ${CHAT} HTTP/1.1\r\n${host(strict)}${JSON_TYPE}Content-Length: 100000\r\n\r\n`);
    const drip = setInterval(() => write(' '), 20);
    expect((await heard).statuses).toEqual([408]);
    clearInterval(drip);
    expect(upstream(strict)).toBe(0);
  });

  it('a client that goes away in the middle of its body leaves a line and no trace else', async () => {
    const before = toaster.log().length;
    const { write, heard, leave } = connectRaw(toaster.url);
    write(`POST ${CHAT} HTTP/1.1\r\n${host()}${JSON_TYPE}Content-Length: 100000\r\n\r\n{`);
    await toaster.chat('between');
    leave();
    await heard;
    await until(() => toaster.log().length === before + 2);
    expect(toaster.log().at(-1)).toMatchObject({ error: expect.stringMatching(/broke off/) });
  });

  it('an answer may take longer than all of that', async () => {
    hasty.fake.set({ name: 'qwen3.5:9b', tokenMs: 800 });
    const response = await hasty.chat('one two three');
    expect([response.status, (await jsonOf(response)).choices[0].message.content]).toEqual([
      200,
      'echo: one two three',
    ]);
  });

  it('and so may the pause between two requests on one connection', async () => {
    const { write, heard } = connectRaw(hasty.url);
    write(`GET /health HTTP/1.1\r\n${host(hasty)}\r\n`);
    // By then one that came at the same time and said nothing has been sent away.
    for (let n = 0; n < 2; n++) expect((await sendRaw(hasty.url, '')).statuses).toEqual([408]);
    write(request('GET /health', host(hasty)));
    expect((await heard).statuses).toEqual([200, 200]);
  });

  it('and so may a body whose pieces keep coming', async () => {
    const { write, heard } = connectRaw(toaster.url);
    const whole = post();
    const half = whole.length - 20;
    write(whole.slice(0, half));
    for (const sign of whole.slice(half)) {
      await fetch(`${toaster.url}/health`);
      write(sign);
    }
    expect((await heard).statuses).toEqual([200]);
  });
});
