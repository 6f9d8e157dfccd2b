import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindingsFrom, isLoopback } from '../../proxy/binding.ts';
import { pathsFrom } from '../../proxy/paths.ts';
import { serve } from '../../proxy/serve.ts';
import { startProgram } from '../helpers/program.ts';
import { sendRaw } from '../helpers/raw-http.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { type Ran, type RunOptions, runAsk, shells } from '../helpers/shim.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** Who may come in where more than this machine can. */

const KEY = 'correct-horse-battery-staple';
const NO_FILE = '/nonexistent/api.key';
const ANYWHERE = [{ host: '0.0.0.0', key: KEY }];

describe('what is loopback', () => {
  it.each(['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', 'localhost'])(
    '%s',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(bindingsFrom({ ASK_HOST: host }, NO_FILE)).toEqual([{ host, key: null }]);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '192.0.2.1',
    '10.0.0.1',
    '::ffff:127.0.0.1',
    'fe80::1',
    '127.0.0.1.nip.io',
    '127.1',
    '0',
    '',
  ])('not "%s"', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('an address that other machines reach', () => {
  it('is refused without a key, which may be no weak one', () => {
    for (const key of [
      undefined,
      '',
      'short',
      'with a space in it all',
      'línea-de-más-de-dieciséis',
      `${KEY}\n`,
    ])
      for (const host of ['0.0.0.0', '::', '192.0.2.1'])
        expect(() =>
          bindingsFrom({ ASK_HOST: host, ...(key !== undefined && { ASK_API_KEY: key }) }, NO_FILE),
        ).toThrow(/API key/);
  });

  it('comes beside 127.0.0.1, or where it is every address, in its place', () => {
    const of = (host: string) => bindingsFrom({ ASK_HOST: host, ASK_API_KEY: KEY }, NO_FILE);
    expect(of('192.0.2.1')).toEqual([
      { host: '127.0.0.1', key: null },
      { host: '192.0.2.1', key: KEY },
    ]);
    for (const every of ['0.0.0.0', '::', '::0', '0:0:0:0:0:0:0:0'])
      expect(of(every)).toEqual([{ host: every, key: KEY }]);
    expect(() => of('my-mac.local')).toThrow(/is no address/);
    expect(bindingsFrom({ ASK_API_KEY: KEY }, NO_FILE)).toEqual([{ host: '127.0.0.1', key: null }]);
  });

  it('takes the key of a file that nobody else can read', () => {
    const file = join(tempFolder(), 'api.key');
    writeFileSync(file, `${KEY}\n`, { mode: 0o600 });
    expect(bindingsFrom({ ASK_HOST: '0.0.0.0' }, file)).toEqual(ANYWHERE);
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(file, mode);
      expect(() => bindingsFrom({ ASK_HOST: '0.0.0.0' }, file)).toThrow(/others can read/);
    }
  });

  it('cannot be served by mistake: no binding without a key, no key in the config', async () => {
    const folder = tempFolder();
    const paths = pathsFrom({ ASK_DATA_DIR: folder, ASK_CONFIG: join(folder, 'config.yaml') });
    const start = () => serve({ paths, port: 0, warn: () => {}, bindings: [{ host: '0.0.0.0', key: null }] });
    await expect(start()).rejects.toThrow(/without a key/);
    for (const yaml of [`api_key: ${KEY}`, 'host: 0.0.0.0', 'listen: { host: 0.0.0.0 }']) {
      writeFileSync(paths.config, yaml);
      await expect(serve({ paths, port: 0, warn: () => {} })).rejects.toThrow(/unknown key/);
    }
  });
});

describe('the program', () => {
  it('does not start on every address without a key, and says how to make one', async () => {
    const { said, exit } = startProgram({ env: { ASK_HOST: '0.0.0.0' } });
    expect(await exit).toBe(1);
    expect(said()).toMatch(
      /^toaster: 0\.0\.0\.0 can be reached by other machines, so an API key is needed: .*openssl rand/,
    );
  });

  it('starts with one, says where, and shows it to nobody', async () => {
    const { said } = startProgram({ env: { ASK_HOST: '0.0.0.0', ASK_API_KEY: KEY } });
    await until(() => said().includes('\n'));
    const port = /listens on http:\/\/0\.0\.0\.0:(\d+)/.exec(said())?.[1];
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(401);
    expect(said()).not.toContain(KEY);
  });
});

describe('behind a key', () => {
  let toaster: TestToaster;
  let url: string;
  let token: string;
  beforeAll(async () => {
    toaster = await startToaster({ bindings: ANYWHERE });
    url = toaster.url.replace('0.0.0.0', '127.0.0.1');
    token = readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();
  });
  afterAll(() => toaster.end());
  const body = JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: 'hi' }] });
  const call = (method: string, path: string, authorization?: string) =>
    fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-ask': '1',
        ...(authorization !== undefined && { authorization }),
      },
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    });
  const asked = () => toaster.fake.seen.filter(({ path }) => /chat|generate|embed/.test(path)).length;

  const routes: [string, string][] = [
    ['POST', '/v1/chat/completions'],
    ['POST', '/v1/completions'],
    ['POST', '/v1/embeddings'],
    ['POST', '/v1/messages'],
    ['POST', '/v1/messages/count_tokens'],
    ['POST', '/v1/responses'],
    ['GET', '/v1/models'],
    ['GET', '/v1/models/fast-9b'],
    ['POST', '/ask'],
    ['GET', '/ask/1/stderr'],
    ['GET', '/'],
    ['GET', '/ui/'],
    ['GET', '/ui/assets/x.js'],
    ['GET', '/metrics'],
    ['GET', '/api/status'],
    ['GET', '/api/requests'],
    ['GET', '/api/stats'],
    ['GET', '/api/memory/history'],
    ['GET', '/api/events'],
    ['POST', '/api/session'],
    ['GET', '/api/settings'],
    ['PUT', '/api/settings'],
    ['GET', '/api/stress/report'],
    ['PUT', '/api/models/fast-9b/pin'],
    ['POST', '/api/models/fast-9b/cool'],
    ['POST', '/api/cool'],
    ['POST', '/api/config/reload'],
    ['GET', '/api/version'],
    ['GET', '/api/tags'],
    ['GET', '/api/ps'],
    ['POST', '/api/show'],
    ['POST', '/api/generate'],
    ['GET', '/config.schema.json'],
    ['GET', '/openapi.json'],
    ['GET', '/nothing'],
    ['GET', '/health/'],
    ['GET', '/health?x=1'],
    ['GET', '//health'],
    ['OPTIONS', '/v1/models'],
    ['HEAD', '/v1/models'],
  ];
  it.each(routes)('%s %s is for who has it', async (method, path) => {
    const before = asked();
    for (const wrong of [
      undefined,
      '',
      'Bearer ',
      `Bearer ${KEY}x`,
      `Bearer ${KEY.slice(1)}`,
      `Basic ${KEY}`,
      KEY,
    ]) {
      const response = await call(method, path, wrong);
      expect(response.status, `${wrong}`).toBe(401);
      expect(await response.text()).not.toContain(KEY);
    }
    expect(asked()).toBe(before);
  });

  it('all routes of the proxy stand in that list', () => {
    const app = readFileSync(new URL('../../proxy/app.ts', import.meta.url), 'utf8');
    const found = [...app.matchAll(/app\.(get|post|put|delete|patch)\(\s*'([^']+)'/g)].map(
      ([, method = '', path = '']) => `${method.toUpperCase()} ${path.replace(':name', 'fast-9b')}`,
    );
    const tested = routes.map((route) => route.join(' '));
    const known = found.map((route) =>
      route.replace('/v1/models/:id', '/v1/models/fast-9b').replace('/ask/:id', '/ask/1'),
    );
    expect(found.length).toBeGreaterThan(15);
    expect(known.filter((route) => !tested.includes(route))).toEqual(['GET /health']);
  });

  it('/health is for everybody, and tells no more than who it is', async () => {
    const response = await fetch(`${url}/health`);
    expect(Object.keys(await jsonOf(response))).toEqual(['name', 'status', 'version', 'pid', 'uptime_s']);
  });

  it('the key asks models and reads, by whatever name the machine is called', async () => {
    const response = await call('POST', '/v1/chat/completions', `Bearer ${KEY}`);
    expect((await jsonOf(response)).choices[0].message.content).toBe('echo: hi');
    expect((await call('GET', '/api/status', `Bearer ${KEY}`)).status).toBe(200);
    const { statuses } = await sendRaw(
      url,
      `GET /v1/models HTTP/1.1\r\nHost: my-mac.tail1234.ts.net:11436\r\nAuthorization: Bearer ${KEY}\r\nConnection: close\r\n\r\n`,
    );
    expect(statuses).toEqual([200]);
  });

  it("the key opens in Anthropic's header, too, and a wrong one beside it shuts nothing", async () => {
    const list = (headers: Record<string, string>) => fetch(`${url}/v1/models`, { headers });
    for (const good of [KEY, token]) expect((await list({ 'x-api-key': good })).status).toBe(200);
    expect((await list({ 'x-api-key': 'dummy', authorization: `Bearer ${KEY}` })).status).toBe(200);
    for (const wrong of ['', `${KEY}x`, `Bearer ${KEY}`, `${KEY}, ${KEY}`]) {
      const response = await list({ 'x-api-key': wrong });
      expect(response.status, wrong).toBe(401);
      expect(await response.text()).not.toContain(KEY);
    }
    const body = { model: 'fast-9b', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY },
      body: JSON.stringify(body),
    });
    expect((await jsonOf(response)).content).toEqual([{ type: 'text', text: 'echo: hi' }]);
  });

  it('and changes nothing: that takes the token, which opens as well', async () => {
    for (const [method, path] of [
      ['PUT', '/api/models/fast-9b/pin'],
      ['POST', '/api/cool'],
      ['POST', '/api/config/reload'],
      ['PUT', '/api/settings'],
    ] as const) {
      const response = await call(method, path, `Bearer ${KEY}`);
      expect([response.status, (await jsonOf(response)).error.code]).toEqual([401, 'invalid_token']);
    }
    expect((await call('POST', '/api/config/reload', `Bearer ${token}`)).status).toBe(200);
    expect((await call('GET', '/v1/models', `Bearer ${token}`)).status).toBe(200);
  });

  it('a web page is refused though the browser had the key', async () => {
    const headers = { origin: 'https://evil.example', authorization: `Bearer ${KEY}` };
    expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(403);
  });

  describe.each(shells())('ask in %s', (shell) => {
    const ask = (words: string[], env: Record<string, string>, options: RunOptions = {}): Promise<Ran> =>
      runAsk(words, { shell, ...options, env: { ASK_URL: url, ASK_DATA_DIR: toaster.folder, ...env } });

    it('has it from ASK_API_KEY', async () => {
      expect(await ask(['hi', shell], { ASK_API_KEY: KEY })).toEqual({
        code: 0,
        stdout: `echo: hi ${shell}\n`,
        stderr: '',
      });
    });

    it('without it, or with a wrong one, says what is missing', async () => {
      for (const env of [{}, { ASK_API_KEY: 'a-wrong-key-of-some-length' }])
        expect(await ask(['hi'], env)).toEqual({
          code: 2,
          stdout: '',
          stderr:
            'ask: This address wants the API key: send "Authorization: Bearer <key>"; ask has it from ASK_API_KEY.\n',
        });
    });

    it('shows it to nobody who lists processes', async () => {
      toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 50 });
      let listed = '';
      const ran = await ask(
        ['--no-cache', `one two three ${shell}`],
        { ASK_API_KEY: KEY },
        {
          watch: () => {
            listed ||= spawnSync('ps', ['-A', '-ww', '-o', 'args'], { encoding: 'utf8' }).stdout;
          },
        },
      );
      toaster.fake.reset();
      expect(ran.code).toBe(0);
      expect(listed).toMatch(/curl .*\/ask/);
      expect(listed).not.toContain(KEY);
    });
  });

  it('ask shows the token of this machine to no other', async () => {
    const seen = toaster.log().length;
    // By another name than those of loopback, with a key that is good.
    const env = {
      ASK_URL: url.replace('127.0.0.1', '127.1'),
      ASK_DATA_DIR: toaster.folder,
      ASK_API_KEY: KEY,
    };
    const warm = await runAsk(['--warm', '9b'], { env });
    expect([warm.code, warm.stderr]).toEqual([2, expect.stringMatching(/^ask: This changes state/)]);
    expect(toaster.log()).toHaveLength(seen + 1);
    expect((await runAsk(['--warm', '9b'], { env: { ...env, ASK_URL: url } })).code).toBe(0);
  });
});

describe('beside loopback', () => {
  const address = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  it('the address of a network wants the key, and this machine’s own does not', async (context) => {
    if (address === undefined) return context.skip('this machine has no address but loopback');
    const toaster = await startToaster({
      bindings: bindingsFrom({ ASK_HOST: address, ASK_API_KEY: KEY }, NO_FILE),
    });
    const abroad = `http://${address}:${new URL(toaster.url).port}`;
    expect(toaster.urls).toEqual([toaster.url, abroad]);
    const ask = (ASK_URL: string, env = {}) =>
      runAsk(['hi'], { env: { ASK_URL, ASK_DATA_DIR: toaster.folder, ...env } });
    expect(await ask(toaster.url)).toMatchObject({ code: 0, stdout: 'echo: hi\n' });
    expect(await ask(abroad)).toMatchObject({ code: 2, stderr: expect.stringMatching(/wants the API key/) });
    expect(await ask(abroad, { ASK_API_KEY: KEY })).toMatchObject({ code: 0, stdout: 'echo: hi\n' });
    // Whoever comes in at the door without a key is still held to its names.
    const foreign = `GET /health HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`;
    expect((await sendRaw(toaster.url, foreign)).statuses).toEqual([403]);
    await toaster.end();
  });

  it('another loopback address has its own name besides', async () => {
    const toaster = await startToaster({ bindings: bindingsFrom({ ASK_HOST: '127.0.0.1' }, NO_FILE) });
    const get = (host: string) =>
      sendRaw(toaster.url, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect((await get('127.0.0.1')).statuses).toEqual([200]);
    expect((await get('127.0.0.2')).statuses).toEqual([403]);
    await toaster.end();
  });
});
