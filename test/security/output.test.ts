import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppLog } from '../../electron/app-log.ts';
import { startProgram } from '../helpers/program.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What a model, a runtime or another client says, on the person's terminal and page: it is text there, and does nothing. */

const SHIM = fileURLToPath(new URL('../../cli/ask', import.meta.url));
/** Sets the title, writes to the clipboard, moves the cursor, rings, hides the line, and the same in eight bits. */
const EVIL =
  '\u001b]0;pwned\u0007\u001b]52;c;cHduZWQ=\u001b\\\u001b[2J\u001b[1;1H\u0007hidden\rshown\u009b31m\u009d0;pwned\u009c\u007f\u0008\u000e\u0000\u001bc';
const SHOWN = '␛]0;pwned␇␛]52;c;cHduZWQ=␛\\␛[2J␛[1;1H␇hiddenshown\\x9b31m\\x9d0;pwned\\x9c␡␈␎␀␛c';
/** What a terminal acts on, but for the newline and the tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const ACTS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster({ models: '  evil: { weights: llama-3b, fallback: [tiny] }' });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());

const ask = (words: string[], url = toaster.url) =>
  runAsk(words, { env: { ASK_URL: url, ASK_DATA_DIR: toaster.folder } });
/** As the shim does where stdout is a terminal. */
const onTerminal = async (words: string[], url = toaster.url) => {
  const body = new URLSearchParams([
    ['terminal', '1'],
    ...words.map((word): [string, string] => ['a', word]),
  ]);
  return (await fetch(`${url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body })).text();
};

/** An Ollama that says each of these as a token. */
async function saying(tokens: readonly string[], thinking = ''): Promise<string> {
  const server = createServer((req, res) => {
    req.resume();
    if (req.url !== '/api/chat') return void res.end('{"models":[]}');
    const line = (fields: object) => res.write(`${JSON.stringify({ model: 'x', ...fields })}\n`);
    if (thinking !== '') line({ message: { role: 'assistant', content: '', thinking } });
    for (const content of tokens) line({ message: { role: 'assistant', content } });
    line({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' });
    res.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('an answer', () => {
  it('is shown on a terminal, sign by sign', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply: `a ${EVIL} b\tc\nd` });
    expect(await onTerminal(['--no-cache', 'hi'])).toBe(`a ${SHOWN} b\tc\nd\n`);
  });

  it('however it is cut into tokens', async () => {
    const split = await startToaster({ onOllama: await saying([...`a${EVIL}b`]) });
    expect(await onTerminal(['hi'], split.url)).toBe(`a${SHOWN}b\n`);
    // And again from the cache, where it is one piece.
    expect(await onTerminal(['hi'], split.url)).toBe(`a${SHOWN}b\n`);
    await split.end();
  });

  it('is in a pipe what it is, byte by byte: a file must not lose any', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply: `a ${EVIL} b` });
    expect((await ask(['--no-cache', 'hi'])).stdout).toBe(`a ${EVIL} b\n`);
    const response = await toaster.chat('hi');
    expect((await jsonOf(response)).choices[0].message.content).toBe(`a ${EVIL} b`);
  });

  it('with --json is whole, and harmless on a terminal all the same', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply: `a ${EVIL} b` });
    const { stdout } = await ask(['--no-cache', '--json', 'hi']);
    expect(stdout).not.toMatch(ACTS);
    expect(JSON.parse(stdout).text).toBe(`a ${EVIL} b`);
  });

  // Two streams share one screen, in whichever order they come: so each is looked at by itself.
  it.for<[string, string[], string, string]>([
    ['its words', ['--think', '--no-cache', '--why', 'hi'], '2>/dev/null', `a${SHOWN}b`],
    ['what it thought', ['--think', '--think-out', '--no-cache', 'hi'], '>/dev/null', SHOWN],
  ])('on a real terminal: %s', async ([, words, rest, shown], context) => {
    if (spawnSync('script', ['-q', '/dev/null', 'true'], { stdio: 'ignore' }).error)
      return context.skip('there is no script(1) to make a terminal');
    const thinker = await startToaster({ onOllama: await saying([...`a${EVIL}b`], EVIL) });
    const line = [`exec sh '${SHIM}'`, ...words, rest].join(' ');
    const command =
      process.platform === 'linux' ? ['-qec', line, '/dev/null'] : ['-q', '/dev/null', 'sh', '-c', line];
    const child = spawn('script', command, {
      env: { ...process.env, ASK_URL: thinker.url, ASK_DATA_DIR: thinker.folder, HOME: thinker.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      screen += piece;
    });
    const [code] = await once(child, 'close');
    expect(code, screen).toBe(0);
    // The line that counts the seconds of a load is the shim's own, and so is the terminal's CR before each LF.
    const others = screen.replaceAll('\r\u001b[K', '').replaceAll('\r\n', '\n').replaceAll('^D\b\b', '');
    expect(others).not.toMatch(ACTS);
    expect(others).toContain(shown);
    expect(others.split(SHOWN)).toHaveLength(2);
    await thinker.end();
  });
});

describe('stderr, also in a file', () => {
  it('has what a runtime says of a failure', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500, error: EVIL });
    const { stderr } = await ask(['--no-cache', '--why', 'hi']);
    expect(stderr).toMatch(/^\[degraded: fast-9b → fast-3b\] http_5xx: Ollama answered 500: ␛\]0;pwned/);
    expect(stderr).not.toMatch(ACTS);
  });

  it('has what a runtime says when nobody could answer', async () => {
    toaster.fake.fault('llama3.2:3b', { kind: 'status', status: 400, error: EVIL });
    const { code, stderr } = await ask(['--no-cache', '--model', 'evil', 'hi']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^ask: evil refused the request: ␛/)]);
    expect(stderr).not.toMatch(ACTS);
  });

  it('has what a model thought and what members of a council said', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply: EVIL, thinking: EVIL });
    const thought = await ask(['--think', '--think-out', '--no-cache', 'hi']);
    expect(thought.stderr).toContain(SHOWN);
    const council = await ask(['--council', '--show', '--why', 'hi']);
    expect(council.stderr.split(SHOWN).length).toBeGreaterThan(2);
    for (const { stderr } of [thought, council]) expect(stderr).not.toMatch(ACTS);
  });

  it('has the proxy’s own warnings', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'state.json'), EVIL);
    const { said } = startProgram({ folder });
    await until(() => said().includes('listens'));
    expect(said()).toMatch(/^toaster: .*state\.json cannot be read.*␛/m);
    expect(said()).not.toMatch(ACTS);
  });
});

describe('the app’s log', () => {
  it('keeps lines and stacks, and nothing that a terminal acts on', () => {
    const file = join(tempFolder(), 'app.log');
    const said: unknown[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0);
    new AppLog(file).write(`it said ${EVIL}`, new Error(EVIL));
    write.mockRestore();
    for (const text of [readFileSync(file, 'utf8'), String(said)]) {
      expect(text).toMatch(/it said [\s\S]*pwned[\s\S]*\n {4}at /);
      expect(text).not.toMatch(ACTS);
    }
  });
});

describe('tables and reports', () => {
  beforeAll(async () => {
    // A model of another client's in memory, and lines of another program's in the log.
    toaster.fake.set({ name: `evil${EVIL}` });
    await fetch(`${toaster.fake.url}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: `evil${EVIL}`, keep_alive: 600 }),
    });
    const line = {
      ts: Date.now() / 1000,
      model: EVIL,
      served_by: EVIL,
      latency_s: 1,
      exit_code: 4,
      error: EVIL,
      source: EVIL,
      degraded_reason: EVIL,
      demoted: true,
    };
    appendFileSync(join(toaster.folder, 'log.jsonl'), `${JSON.stringify(line)}\n`);
  });

  it.each([
    ['--status'],
    ['--status', '--json'],
    ['--models'],
    ['--models', '--json'],
    ['--doctor'],
    ['--doctor', '--json'],
    ['--log'],
    ['--log', '--json'],
    ['--stats', '1h'],
    ['--stats', '1h', '--json'],
    ['--help'],
    ['--man'],
    ['--completions', 'zsh'],
  ])('ask %s %s', async (...words) => {
    // Only the residents of models that are known to the fake are told; `afterEach` made it forget.
    toaster.fake.set({ name: `evil${EVIL}` });
    for (const text of [await onTerminal(words), (await ask(words)).stdout]) {
      expect(text.length).toBeGreaterThan(10);
      expect(text).not.toMatch(ACTS);
    }
  });

  it('hold what was hostile, so that this says something', async () => {
    toaster.fake.set({ name: `evil${EVIL}` });
    expect((await ask(['--status'])).stdout).toContain(`evil${SHOWN}`);
    expect((await ask(['--log'])).stdout).toContain('pwned');
    expect((await ask(['--stats', '1h'])).stdout).toContain('pwned');
  });

  it('the stress test’s rows, and its page', async () => {
    const markup = '<img src=x onerror=alert(1)><script>alert(1)</script>"\'&';
    toaster.fake.fault('llama3.2:1b', { kind: 'status', status: 400, error: markup + EVIL });
    const rows = await ask(['--stress', '--tiers', '1b,3b', '--rounds', '1']);
    expect(rows.stdout).toContain('onerror');
    expect(rows.stdout).not.toMatch(ACTS);
    const response = await fetch(`${toaster.url}/api/stress/report`);
    const page = await response.text();
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;');
    expect(page).not.toMatch(/<script|<img|javascript:|onerror="/i);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'/,
    );
  });
});
