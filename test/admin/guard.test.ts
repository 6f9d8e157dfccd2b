import { readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());

/** With headers that `fetch` does not let one set. */
function send(path: string, headers: http.OutgoingHttpHeaders, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(toaster.url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}
const port = () => new URL(toaster.url).port;
const token = () => readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();

describe('who may use the proxy', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('a program that calls it %s', async (name) => {
    expect(await send('/health', { host: `${name}:${port()}` })).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', ''])(
    'not one that calls it "%s"',
    async (name) => {
      expect(await send('/health', { host: `${name}:${port()}` })).toBe(403);
    },
  );

  it.each(['https://evil.example', 'http://localhost:3000', 'null'])('not a page of %s', async (origin) => {
    expect(await send('/v1/chat/completions', { origin, 'content-type': 'application/json' }, 'POST')).toBe(
      403,
    );
    expect(toaster.fake.seen.filter(({ path }) => path === '/api/chat')).toEqual([]);
  });

  it('its own page', async () => {
    expect(await send('/health', { origin: toaster.url })).toBe(200);
  });

  it('not an image or script that another page embeds, but a link that one follows', async () => {
    expect(await send('/health', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await send('/health', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
  });

  it('/ask: only with a header that no page can set unasked', async () => {
    const body = new URLSearchParams({ a: 'hi' });
    expect((await fetch(`${toaster.url}/ask`, { method: 'POST', body })).status).toBe(403);
    expect(
      (await fetch(`${toaster.url}/ask`, { method: 'POST', body, headers: { 'x-ask': '1' } })).status,
    ).toBe(200);
  });
});

describe('/health', () => {
  it('says who it is', async () => {
    expect(await jsonOf(await fetch(`${toaster.url}/health`))).toEqual({
      name: 'toaster',
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      pid: process.pid,
      uptime_s: expect.any(Number),
    });
  });
});

describe('reloading the config', () => {
  const reload = (bearer: string) =>
    fetch(`${toaster.url}/api/config/reload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
    });

  it('needs the token, which only its owner can read', async () => {
    expect(statSync(join(toaster.folder, 'admin.token')).mode & 0o777).toBe(0o600);
    for (const wrong of ['', 'nonsense', `${token()}x`]) expect((await reload(wrong)).status).toBe(401);
    expect((await fetch(`${toaster.url}/api/config/reload`, { method: 'POST' })).status).toBe(401);
  });

  it('takes the new one in force', async () => {
    toaster.writeConfig('  extra: { weights: llama-3b }');
    expect((await jsonOf(await reload(token()))).models).toContain('extra');
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(200);
  });

  it('keeps the old one when the new is broken, and says what is', async () => {
    toaster.writeConfig('  extra: { weights: nope }');
    const response = await reload(token());
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toMatch(
      /old one stays in force[\s\S]*config\.yaml:11: models\.extra\.weights/,
    );
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(200);
  });

  it('does not disturb an answer under way', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', tokenMs: 10 });
    const response = await toaster.chat('word '.repeat(30), { model: 'extra', stream: true });
    toaster.writeConfig('  tiny: {}');
    expect((await reload(token())).status).toBe(200);
    expect(await response.text()).toContain('[DONE]');
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(404);
  });
});
