import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../helpers/requests.ts';
import { type Ran, type RunOptions, runAsk, shells } from '../helpers/shim.ts';
import { readLog, startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const ask = (args: string[], options: RunOptions = {}): Promise<Ran> =>
  runAsk(args, { ...options, env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder, ...options.env } });
const heard = () => toaster.fake.seen.findLast(({ path }) => path === '/api/chat')?.body;
const prompt = () => heard()?.messages?.at(-1)?.content;
const lastLine = () => toaster.log().at(-1) ?? {};

describe.each(shells())('in %s', (shell) => {
  it('the words are the question, the answer ends in one newline, the log has a line', async () => {
    const before = toaster.log().length;
    expect(await ask(['--9b', 'hi', 'there', shell], { shell })).toEqual({
      code: 0,
      stdout: `echo: hi there ${shell}\n`,
      stderr: '',
    });
    expect(toaster.log()).toHaveLength(before + 1);
    expect(lastLine()).toMatchObject({
      source: 'ask',
      model: 'fast-9b',
      served_by: 'fast-9b',
      exit_code: 0,
      prompt_chars: 9 + shell.length,
    });
  });

  it('what is piped in follows the words', async () => {
    await ask(['one-line commit message'], { shell, stdin: `diff of ${shell}\n\n` });
    expect(prompt()).toBe(`one-line commit message\n\ndiff of ${shell}`);
  });

  it.each([
    "it's",
    '"quoted"',
    'two\nlines\n',
    '$HOME `id` $(id)',
    '-5 degrees',
    '@file',
    '%s %d',
    'naïve 🍞 日本',
    'a=b&c=d+e',
    '\\n \\',
    '* ?',
    ' spaces  kept ',
  ])('arrives as it is: %j', async (text) => {
    await ask(['--no-cache', text], { shell });
    expect(prompt()).toBe(text);
  });

  it('no arguments at all show the help, exit 2', async () => {
    const ran = await ask([], { shell });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^usage: ask[\s\S]*--council/);
  });

  it('a demotion is told on stderr, with its reason', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500, error: 'no luck' }, 1);
    expect(await ask([`demote me in ${shell}`], { shell })).toEqual({
      code: 0,
      stdout: `echo: demote me in ${shell}\n`,
      stderr: '[degraded: fast-9b → fast-3b] http_5xx: Ollama answered 500: no luck\n',
    });
  });

  it('an answer that breaks off is exit 5', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'reset-mid-stream', after: 2 }, 1);
    const ran = await ask([`one two three ${shell}`], { shell });
    expect(ran).toMatchObject({
      code: 5,
      stdout: 'echo: one\n',
      stderr: expect.stringMatching(/^ask: The answer broke off/),
    });
  });

  it('Ctrl-C stops the model, exit 130', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    const before = toaster.log().length;
    const ran = await ask([`${'word '.repeat(500)}${shell}`], {
      shell,
      watch: (_text, interrupt) => interrupt(),
    });
    expect(ran.code).toBe(130);
    await until(() => toaster.fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
    await until(() => toaster.log().length === before + 1);
    expect(lastLine()).toMatchObject({ exit_code: 130 });
  });

  it('nobody listens: exit 3, one sentence, and the line in the log is the shim’s', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shim-'));
    const ran = await ask(['hi'], {
      shell,
      env: { ASK_URL: 'http://127.0.0.1:9', ASK_DATA_DIR: join(folder, 'deeper') },
    });
    expect(ran).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^ask: no Toaster at http:\/\/127\.0\.0\.1:9;/),
    });
    const [line, ...others] = readLog(join(folder, 'deeper', 'log.jsonl'));
    expect(others).toEqual([]);
    expect(Object.keys(line ?? {}).slice(0, 10)).toEqual([
      'ts',
      'model',
      'served_by',
      'prompt_hash',
      'prompt_chars',
      'response_chars',
      'latency_s',
      'cache_hit',
      'demoted',
      'exit_code',
    ]);
    expect(line).toMatchObject({ exit_code: 3, source: 'ask' });
    // As Toaster makes them: for this user alone.
    const modeOf = (...names: string[]) => statSync(join(folder, 'deeper', ...names)).mode & 0o777;
    expect([modeOf(), modeOf('log.jsonl')]).toEqual([0o700, 0o600]);
  });
});

describe('the shim', () => {
  it('--why and a cut are told after the answer', async () => {
    const ran = await ask(['--why', '--no-cache', '--max-tokens', '2', 'one two three']);
    expect(ran.stdout).toBe('echo: one\n');
    expect(ran.stderr).toMatch(
      /^\[cut: the answer reached its limit at 2 tokens; see --max-tokens\]\nasked +fast-9b\nserved +fast-9b\ncache +bypass\nload +(?:warm|[\d.]+ s, it was cold)\n[\s\S]*\ncontext +\d+ of \d+ tokens \(\d+%\)\nmemory +pressure normal(?:, \d+ pages swapped out)?\nrequest +[\w-]+\n$/,
    );
  });

  it('--again is the last question of the shell that it was started from', async () => {
    await ask(['what was', 'it\'s "said"?']);
    expect(await ask(['--again', '--no-cache'])).toEqual({
      code: 0,
      stdout: 'echo: what was it\'s "said"?\n',
      stderr: '',
    });
  });

  it('--think-out shows the reasoning on stderr', async () => {
    const ran = await ask(['--think', '--think-out', '--no-cache', 'x']);
    expect(ran).toEqual({ code: 0, stdout: 'echo: x\n', stderr: 'let me see\n' });
  });

  it.each(['--9b', '--council'])('takes 5 MB of stdin, which nothing is loaded for: %s', async (tier) => {
    const before = toaster.fake.seen.length;
    const ran = await ask([tier, 'how long?'], { stdin: 'é'.repeat(2_500_000) });
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(
      /^ask: The prompt has 5000 kB and cannot fit into the 8192 tokens of \S+; shorten it\.\n$/,
    );
    expect(lastLine()).toMatchObject({ prompt_chars: 2_500_000 + 'how long?\n\n'.length, exit_code: 2 });
    const asked = toaster.fake.seen.slice(before).map(({ path }) => path);
    expect(asked.filter((path) => path === '/api/chat' || path === '/api/generate')).toEqual([]);
  });

  it('takes 100 kB of stdin', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply: 'that was long' });
    expect((await ask(['how long?'], { stdin: 'é'.repeat(50_000) })).stdout).toBe('that was long\n');
    expect(prompt()).toHaveLength(50_000 + 'how long?\n\n'.length);
  });

  it("--show has members' answers on stderr, however long, and then who they were; no stages in a pipe", async () => {
    const long = `${'word '.repeat(20_000)}end`;
    toaster.fake.set({ name: 'qwen3.5:9b', reply: long });
    const { code, stdout, stderr } = await ask(['--council', '--show', 'hm?']);
    expect([code, stdout]).toEqual([0, `${long}\n`]);
    const letters = stderr.match(/--- Response [A-Z] ---\nword/g);
    expect(letters).toEqual(['--- Response A ---\nword', '--- Response B ---\nword']);
    expect(stderr.length).toBeGreaterThan(2 * long.length);
    expect(stderr).toMatch(
      /\[council\] A: fast-9b, \d+\.\d s, \d+ tokens, the chairman read all but \d+ characters\n/,
    );
    expect(stderr).not.toMatch(/members \d\//);
  });

  it('streams to a pipe', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 30 });
    const seen: string[] = [];
    await ask(['one two three four'], { watch: (text) => seen.push(text) });
    expect(seen.length).toBeGreaterThan(2);
  });

  it('hands the schema file over, under both spellings', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'schema-')), "it's a schema.json");
    writeFileSync(file, '{"type":"object","properties":{"n":{"const":4}}}');
    expect((await ask(['--schema', file, 'legs?'])).stdout).toBe('{"n":4}\n');
    expect((await ask([`--schema=${file}`, 'again?'])).stdout).toBe('{"n":4}\n');
    expect(await ask(['--schema', '/no/such/file', 'legs?'])).toMatchObject({
      code: 2,
      stderr: 'ask: --schema: /no/such/file cannot be read.\n',
    });
  });

  it('says when a stranger has the port', async () => {
    const stranger = createServer((_req, res) => res.end('hello')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const ran = await ask(['hi'], { env: { ASK_URL: '', ASK_PORT: String(port) } });
    expect(ran).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/something else than Toaster answers/),
    });
    stranger.close();
  });

  it('is not led astray by a proxy or a curlrc', async () => {
    writeFileSync(join(toaster.folder, '.curlrc'), 'url = "http://127.0.0.1:9"\nfail\nhead\n');
    const env = { http_proxy: 'http://127.0.0.1:9', ALL_PROXY: 'http://127.0.0.1:9' };
    expect((await ask(['proxied'], { env })).stdout).toBe('echo: proxied\n');
  });

  it.each(
    shells().flatMap((shell) => [[shell, 'Linux', 'xdg-open'] as const, [shell, 'Darwin', 'open'] as const]),
  )(
    'in %s on %s opens what the server names with %s, if it is on this machine',
    async (shell, system, opener) => {
      const bin = mkdtempSync(join(tmpdir(), 'shim-'));
      const script = (name: string, text: string): void =>
        writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      script('uname', `echo ${system}`);
      // Moved into place when it is whole.
      const opened = join(bin, 'opened');
      script(opener, `echo "$@" >${opened}.new && mv ${opened}.new ${opened}`);
      script(opener === 'open' ? 'xdg-open' : 'open', `echo wrong >${opened}`);
      const foreign = 'https://evil.example/';
      const addresses = [foreign, '-a Calculator', 'http://127.0.0.1:11436/ui/#code=a-b_c'];
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(200, { 'x-exit': '0', 'x-open': addresses.shift() ?? foreign }).end('printed\n');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const env = {
        ASK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        PATH: `${bin}:${process.env.PATH}`,
      };
      for (let n = 0; n < 3; n++)
        expect(await ask(['--open'], { shell, env })).toEqual({ code: 0, stdout: 'printed\n', stderr: '' });
      await until(() => existsSync(opened));
      expect(readFileSync(opened, 'utf8')).toBe('http://127.0.0.1:11436/ui/#code=a-b_c\n');
      server.close();
    },
  );

  it('is under 80 lines', () => {
    expect(readFileSync(new URL('../../cli/ask', import.meta.url), 'utf8').split('\n').length).toBeLessThan(
      80,
    );
  });
});
