import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../helpers/raw-http.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { type Ran, runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What must be written nowhere: a word that is in every prompt, one in every header, one in an address, and the token. */

const PROMPT = 'canaryprompt';
const HEADER = 'canaryheader';
const ADDRESS = 'canaryaddress';
const KEY = 'canarykey-canarykey';

let toaster: TestToaster;
/** One that wants a key. */
let locked: TestToaster;
let token: string;
let code: string;
/** All that clients were told. */
const told: string[] = [];
beforeAll(async () => {
  toaster = await startToaster();
  locked = await startToaster({ bindings: [{ host: '0.0.0.0', key: KEY }] });
  token = readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();
  // Answers are kept in the cache, so they must not repeat the question here.
  for (const name of ['qwen3.5:9b', 'llama3.2:3b', 'llama3.2:1b', 'gemma3:4b', 'qwen3-coder:30b'])
    toaster.fake.set({ name, reply: 'fine', thinking: 'hm' });
  await everything();
});
afterAll(async () => {
  await toaster.end();
  await locked.end();
});

/** Everything that Toaster has written, as text. */
function written(): [string, string][] {
  return [toaster, locked].flatMap(({ folder, warnings }) => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile() && !/admin\.token$|\.gguf$/.test(file));
    return [
      ...files.map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
      ['warnings', warnings.join('\n')],
    ];
  });
}

const headers = {
  authorization: `Bearer ${HEADER}`,
  cookie: `session=${HEADER}`,
  'x-api-key': HEADER,
  'user-agent': HEADER,
  referer: `http://x/${HEADER}`,
  'x-request-id': HEADER,
};
const heard = async (response: Response): Promise<void> => {
  told.push(JSON.stringify([...response.headers]) + (await response.text()));
};
const post = async (body: unknown, more = {}) =>
  heard(await toaster.post('/v1/chat/completions', body, { ...headers, ...more }));
const ask = async (words: string[], stdin?: string): Promise<Ran> => {
  const env = { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
  const ran = await runAsk(words, { env, ...(stdin !== undefined && { stdin }) });
  told.push(ran.stderr);
  return ran;
};

/** Requests of every kind, those that fail most of all. */
async function everything(): Promise<void> {
  const user = { role: 'user', content: `${PROMPT} hi` };
  const chat = (fields: object = {}) => ({ model: 'fast-9b', messages: [user], ...fields });
  await post(chat());
  await post(chat({ stream: true }), { 'x-cache': 'use' });
  await post(
    chat({
      messages: [{ role: 'system', content: PROMPT }, user, { role: 'assistant', content: PROMPT }, user],
    }),
  );
  await post(chat({ model: 'council' }));
  await post(chat({ model: 'gpt-9' }));
  await post(chat({ n: 2 }));
  await post(chat({ temperature: PROMPT, stop: [PROMPT], seed: PROMPT }));
  await post(chat({ tool_choice: 'required', prompt: PROMPT, suffix: PROMPT }));
  await post(chat({ messages: [{ role: PROMPT, content: PROMPT }] }));
  await post(
    chat({
      messages: [{ role: 'user', content: [{ type: 'text', text: PROMPT, [PROMPT]: 1 }, { type: PROMPT }] }],
    }),
  );
  await post(
    chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PROMPT } }] }] }),
  );
  await post(chat({ messages: [{ role: 'user', content: `${PROMPT} `.repeat(9000) }] }));
  const call = (text: string) => ({ id: 'a', type: 'function', function: { name: 'f', arguments: text } });
  for (const text of [
    PROMPT,
    `{"a":"${PROMPT}`,
    `{"a":${PROMPT}}`,
    `["${PROMPT}",]`,
    `${PROMPT}${'['.repeat(500)}`,
  ])
    await post(chat({ messages: [user, { role: 'assistant', tool_calls: [call(text)] }] }));
  // The engine's own words about broken JSON quote it.
  for (const body of [
    PROMPT,
    `"${PROMPT}`,
    `{"messages":"${PROMPT}",}`,
    `{"a":${PROMPT}}`,
    `{${PROMPT}:1}`,
    `{"a":"${PROMPT}\n"}`,
    `{"a":"${PROMPT}\\x"}`,
    `"${PROMPT}" "${PROMPT}"`,
    `{"a":"${PROMPT}" ${PROMPT}`,
    `${'['.repeat(500)}"${PROMPT}"`,
  ])
    await post(body);
  await post(JSON.stringify(chat()), { 'content-type': 'text/plain' });
  toaster.fake.set({ name: 'llama3.2:3b', tokenMs: 50, reply: 'fine '.repeat(500) });
  const cut = toaster.post('/v1/chat/completions', chat({ model: 'fast-3b', stream: true }), headers);
  await cut.then((response) => response.body?.cancel());
  toaster.fake.set({ name: 'llama3.2:3b', tokenMs: 0, reply: 'fine' });
  for (const kind of [
    'status',
    'reset',
    'reset-mid-stream',
    'error-in-stream',
    'malformed-line',
    'no-end',
  ] as const) {
    for (const name of ['qwen3.5:9b', 'llama3.2:3b', 'llama3.2:1b'])
      toaster.fake.fault(name, kind === 'status' ? { kind, status: 500 } : { kind }, 1);
    await post(chat({ stream: kind === 'no-end' }));
  }
  toaster.fake.faults.clear();
  await ask(['--3b', PROMPT], `${PROMPT}\n`);
  await ask(['--system', PROMPT, '--why', '--no-cache', PROMPT]);
  await ask(['--again', '--no-cache']);
  await ask(['--council', '--show', '--json', PROMPT]);
  await ask(['--strict', '--timeout', '1ms', PROMPT]);
  await ask([`--${PROMPT} is no flag`, PROMPT]);
  await ask(['--3b', '--heavy', PROMPT]);
  await ask(['--schema', '/no/such/file', PROMPT]);
  for (const schema of [PROMPT, `{"a":${PROMPT}}`])
    await heard(
      await fetch(`${toaster.url}/ask`, {
        method: 'POST',
        headers: { ...headers, 'x-ask': '1' },
        body: new URLSearchParams([
          ['a', '--schema'],
          ['a', 'f'],
          ['a', PROMPT],
          ['schema', schema],
        ]),
      }),
    );
  for (const words of [
    ['--status'],
    ['--models', '--json'],
    ['--doctor', '--json'],
    ['--log', '--json'],
    ['--stats', '1h'],
    ['--warm', '3b'],
  ])
    told.push((await ask(words)).stdout);
  await strangers();
  code = /#code=(\S+)/.exec((await ask(['--open'])).stdout)?.[1] ?? '';
  const session = () => toaster.post('/api/session', { code });
  expect(await jsonOf(await session())).toEqual({ token });
  await heard(await session());
  await until(() => toaster.log().some(({ exit_code }) => exit_code === 130));
  await heard(await fetch(`${toaster.url}/api/stats?span=hour`));
}

/** Those who have no token, and who have no key. */
async function strangers(): Promise<void> {
  const routes = ['status', 'requests', 'stats', 'settings', 'memory/history', 'stress/report', 'nothing'];
  for (const path of [
    ...routes.map((name) => `/api/${name}`),
    '/v1/models',
    '/',
    '/health',
    '/config.schema.json',
    '/openapi.json',
  ])
    await heard(await fetch(`${toaster.url}${path}?key=${HEADER}`, { headers }));
  for (const [method, path] of [
    ['PUT', '/api/models/fast-3b/pin'],
    ['POST', '/api/cool'],
    ['POST', '/api/config/reload'],
    ['PUT', '/api/settings'],
  ] as const)
    await heard(await fetch(toaster.url + path, { method, headers, body: '{}' }));
  await heard(
    await fetch(`${toaster.url}/ask`, {
      method: 'POST',
      headers: { ...headers, 'x-ask': '1' },
      body: `a=--warm&a=9b&token=${HEADER}`,
    }),
  );
  const door = locked.url.replace('0.0.0.0', '127.0.0.1');
  for (const given of [HEADER, `${KEY}x`, KEY])
    for (const path of ['/api/status', '/v1/models', '/nothing', '/api/settings']) {
      const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${given}\r\nConnection: close\r\n\r\n`;
      told.push((await sendRaw(door, request)).text);
    }
}

describe('after requests of every kind', () => {
  it('there is something to look at', () => {
    expect(toaster.log().length).toBeGreaterThan(50);
    expect(toaster.log().filter(({ error }) => error !== undefined).length).toBeGreaterThan(25);
    expect(
      toaster.fake.seen.filter(({ body }) => JSON.stringify(body).includes(PROMPT)).length,
    ).toBeGreaterThan(20);
    const names = written().map(([file]) => file.split('/').at(-1));
    expect(names).toEqual(
      expect.arrayContaining([
        'log.jsonl',
        'cache.db',
        'state.json',
        'stats.db',
        'history.db',
        'config.yaml',
      ]),
    );
    expect(told.length).toBeGreaterThan(60);
  });

  it.each([
    ['no prompt', () => PROMPT],
    ['no header', () => HEADER],
    ['no key', () => KEY],
    ['no token', () => token],
    ['no code', () => code],
  ])('%s is in any file, or among the warnings', (_name, secret) => {
    expect(secret().length).toBeGreaterThan(10);
    expect(
      written()
        .filter(([, text]) => text.includes(secret()))
        .map(([file]) => file),
    ).toEqual([]);
  });

  it.each([
    ['no header', () => HEADER],
    ['no key', () => KEY],
    ['no token', () => token],
    ['no code', () => code],
  ])('%s was told to a client, least of all in an error', (_name, secret) => {
    expect(told.filter((text) => text.includes(secret()))).toEqual([]);
  });

  it('a prompt is told to nobody but who sent it, and as a name at most', () => {
    expect(told.filter((text) => text.includes(PROMPT) && !/param|is not a flag/.test(text))).toEqual([]);
  });
});

describe('a password in the address of a runtime', () => {
  it('is in no error, no report, no log', async () => {
    const secret = await startToaster({ onOllama: `http://me:${ADDRESS}@127.0.0.1:9` });
    const env = { ASK_URL: secret.url, ASK_DATA_DIR: secret.folder };
    const said: string[] = [];
    for (const words of [
      ['--9b', '--strict', '--why', 'hi'],
      ['--9b', '--json', 'hi'],
      ['--doctor'],
      ['--status', '--json'],
      ['--pull', '9b'],
      ['--cool', '9b'],
    ]) {
      const { stdout, stderr } = await runAsk(words, { env });
      said.push(stdout, stderr);
    }
    for (const path of ['/api/status', '/api/requests', '/api/settings', '/v1/models', '/v1/models/fast-9b'])
      said.push(await (await fetch(secret.url + path)).text());
    said.push(await (await secret.chat('hi', {}, { 'x-strict': '1' })).text());
    said.push(readFileSync(join(secret.folder, 'log.jsonl'), 'utf8'), ...secret.warnings);
    expect(said.join('\n')).toMatch(/Ollama does not answer at http:\/\/127\.0\.0\.1:9/);
    expect(said.filter((text) => text.includes(ADDRESS))).toEqual([]);
    await secret.end();
  });
});
