import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster({
    fake: {
      models: [
        { name: 'qwen3.5:9b', capabilities: ['completion', 'thinking'], thinking: 'hm,\nlet me see' },
        { name: 'llama3.2:3b' },
      ],
    },
  });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.set({ name: 'qwen3.5:9b', reply: 'fine', loadMs: 0 }));

/** As the shim posts: arguments, and what else it says about its surroundings. */
function ask(args: string[], fields: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams([
    ...args.map((arg): [string, string] => ['a', arg]),
    ...Object.entries(fields),
  ]);
  return fetch(`${toaster.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body });
}
const notes = (response: Response) =>
  Buffer.from(response.headers.get('x-note') ?? '', 'latin1').toString('utf8');
const exit = (response: Response) => Number(response.headers.get('x-exit'));
const heard = () => toaster.fake.chats('qwen3.5:9b').at(-1)?.body;

describe('flags', () => {
  it('become the request', async () => {
    await ask([
      '-s',
      'Be brief.',
      '-t',
      '0.5',
      '--max-tokens',
      '9',
      '--seed',
      '7',
      '--model',
      'fast-9b',
      'hi',
    ]);
    expect(heard()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hi' },
      ],
      options: { temperature: 0.5, num_predict: 9, seed: 7 },
    });
  });

  it('may stand anywhere, and end at --', async () => {
    await ask(['what', 'is', '--9b', '--no-cache', '--', '--help']);
    expect(heard()?.messages?.at(-1)?.content).toBe('what is --help');
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown one', ['--jsn', 'x'], /^ask: --jsn is not a flag; did you mean --json\?$/],
    ['an unknown tier', ['--90b', 'x'], /did you mean --9b/],
    ['an unknown model', ['--model', 'fast-9c', 'x'], /no tier or model fast-9c; did you mean fast-9b\?/],
    ['a number with a dash', ['--log', '-5'], /-5 is not a flag; leave the dash out, or write -- before/],
    ['no tier to fetch', ['--pull'], /--pull needs a value: --pull TIER \(9b, 4b, .*council, all\)/],
    ['no kind of request', ['--log', '--only'], /--only KIND \(demoted, failed, cached, council\)/],
    ['two commands', ['--log', '--stats'], /--stats and --log are two things; do one at a time/],
    ['a tier for a command', ['--9b', '--stats'], /--stats asks no model; leave --9b out/],
    ['two tiers', ['--9b', '--3b', 'x'], /--9b and --3b name two tiers/],
    ['a tier and a model', ['--9b', '--model', 'tiny', 'x'], /name two models/],
    ['no value', ['x', '--system'], /--system needs a value: --system TEXT/],
    ['a value too many', ['--json=yes', 'x'], /--json takes no value/],
    ['a temperature that is none', ['-t', 'hot', 'x'], /--temperature hot is not a number from 0 to 2/],
    ['no tokens', ['--max-tokens', '0', 'x'], /--max-tokens 0 is not a whole number above 0/],
    ['a time that is none', ['--timeout', 'soon', 'x'], /--timeout soon is not a time: write 30s or 5m/],
    ['a schema that is no JSON', ['--schema', 'f', 'x'], /f is not JSON/],
    ['nothing to ask', ['--9b'], /nothing to ask/],
  ])('%s: exit 2, what to write instead, a line in the log', async (_name, args, message) => {
    const before = toaster.log().length;
    const response = await ask(args, { schema: '{' });
    expect(exit(response)).toBe(2);
    expect(notes(response)).toMatch(message);
    expect(await response.text()).toBe('');
    expect(toaster.log()).toHaveLength(before + 1);
    expect(toaster.log().at(-1)).toMatchObject({ source: 'ask', exit_code: 2 });
  });

  it('--help and --version answer on stdout, with a line in the log', async () => {
    const before = toaster.log().length;
    const help = await (await ask(['--help'])).text();
    expect(help).toMatch(/--9b +fast-9b, 6\.6 GB, then fast-3b, fast-1b, tiny \(without a flag\)/);
    expect(help.split('\n').every((line) => line.length <= 120)).toBe(true);
    expect(await (await ask(['--version'])).text()).toMatch(/^toaster \d+\.\d+\.\d+\n$/);
    expect(toaster.log()).toHaveLength(before + 2);
  });

  it('--no-cache and --refresh', async () => {
    const cache = async (...flags: string[]) => {
      const response = await ask([...flags, 'cached?']);
      await response.text();
      return response.headers.get('x-cache');
    };
    expect([
      await cache(),
      await cache(),
      await cache('--no-cache'),
      await cache('--refresh'),
      await cache(),
    ]).toEqual(['miss', 'hit', 'bypass', 'miss', 'hit']);
  });

  it('--strict refuses a smaller model: exit 6', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500, error: 'no luck' }, 1);
    const response = await ask(['--strict', 'strictly']);
    expect([response.status, exit(response)]).toEqual([503, 6]);
    expect(notes(response)).toMatch(/no luck.*strict/);
  });

  it('--timeout ends it: exit 4', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'hang' }, 1);
    const response = await ask(['--timeout', '50ms', 'soon?']);
    expect([response.status, exit(response)]).toEqual([504, 4]);
    expect(notes(response)).toMatch(/within 0\.05 s/);
    await until(() => toaster.fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
  });

  it('every model of the chain fails: exit 4, and all are named', async () => {
    const response = await ask(['--1b', 'x']);
    expect(exit(response)).toBe(0);
    const failed = await ask(['--heavy', '--strict', 'x']);
    expect(exit(failed)).toBe(6);
    expect(notes(failed)).toMatch(/ollama pull qwen3-coder:30b/);
  });

  it('--json prints the receipt with the answer', async () => {
    const receipt = await jsonOf(await ask(['--json', '--no-cache', 'x']));
    expect(receipt).toMatchObject({
      model: 'fast-9b',
      served_by: 'fast-9b',
      demoted: false,
      cache: 'bypass',
      exit_code: 0,
      finish: 'stop',
      text: 'fine',
      tokens_out: 1,
    });
  });

  it('--why tells who answered and what it took, after the answer', async () => {
    const { stdout, stderr } = await onTerminal('why', ['--why', '--no-cache', 'x']);
    expect([stdout, stderr]).toEqual(['fine\n', '']);
  });

  it('--think-out shows the reasoning on stderr, never among the answer', async () => {
    const shown = await onTerminal('think', ['--think', '--think-out', '--no-cache', 'x']);
    expect(shown.stdout).toBe('fine\n');
    expect(shown.stderr).toMatch(/hm,\s+let me see\n/);
    expect((await onTerminal('silent', ['--think', '--no-cache', 'x'])).stderr).toBe('');
  });
});

/** An `ask` whose stderr is a terminal: two connections under one id. */
async function onTerminal(id: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  const live = await fetch(`${toaster.url}/ask/${id}/stderr`, { headers: { 'x-ask': '1' } });
  const [stdout, stderr] = await Promise.all([
    ask(args, { live: id }).then((response) => response.text()),
    live.text(),
  ]);
  return { stdout, stderr };
}

describe('the answer', () => {
  const answered = async (reply: string, fields: Record<string, string> = {}) => {
    toaster.fake.set({ name: 'qwen3.5:9b', reply });
    return (await ask(['--no-cache', 'x'], fields)).text();
  };

  it.each([
    ['a', 'a\n'],
    ['\n\n a\n\n b \n\n', ' a\n\n b\n'],
    ['  indented\n', '  indented\n'],
    ['', '\n'],
  ])('%j is printed as %j', async (reply, printed) => {
    expect(await answered(reply)).toBe(printed);
  });

  it('is harmless on a terminal and untouched in a pipe', async () => {
    const nasty = 'a\u001b]0;title\u0007b\u009b2Jc\rd\u007f e';
    expect(await answered(nasty, { terminal: '1' })).toBe('a␛]0;title␇b\\x9b2Jcd␡ e\n');
    expect(await answered(nasty)).toBe(`${nasty}\n`);
  });
});

describe('on a terminal', () => {
  it('a load is counted in one line that vanishes', async () => {
    toaster.fake.residency.unload('qwen3.5:9b');
    toaster.fake.set({ name: 'qwen3.5:9b', loadMs: 900 });
    const { stdout, stderr } = await onTerminal('load', ['--no-cache', 'x']);
    expect(stdout).toBe('fine\n');
    expect(stderr).toBe('\r\u001b[Kloading fast-9b, 0 s\r\u001b[K');
  });

  it('the real shim shows notices there, once', async (context) => {
    if (!hasScript())
      return context.skip('script(1) of util-linux, which makes a terminal, is not installed');
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500, error: 'no luck' }, 1);
    const shim = fileURLToPath(new URL('../../cli/ask', import.meta.url));
    const env = { ...process.env, ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
    const child = spawn('script', ['-qefc', `${shim} --no-cache terminal`, '/dev/null'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(text.match(/degraded: fast-9b → fast-3b/g)).toHaveLength(1);
    expect(text).toContain('echo: terminal\r\n');
  });
});

function hasScript(): boolean {
  return (
    process.platform === 'linux' &&
    (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/script`))
  );
}

describe('--again', () => {
  const from = (shell: string) => ({ shell });

  it('asks the last question of this terminal on another tier, with what belongs to it', async () => {
    await ask(['-s', 'Be brief.', '--seed', '7', 'summarize'], { ...from('a'), i: 'the log' });
    await ask(['something else'], from('b'));
    expect(exit(await ask(['--again', '--think'], from('a')))).toBe(0);
    expect(heard()).toMatchObject({
      think: true,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'summarize\n\nthe log' },
      ],
    });
    // How it was asked is not part of the question.
    expect(heard()?.options).not.toHaveProperty('seed');
    await ask(['--again', '-s', 'Be long.', '--no-cache'], from('a'));
    expect(heard()?.messages?.[0]).toMatchObject({ content: 'Be long.' });
  });

  it.each([
    [['--again'], from('never'), /no last question of this terminal/],
    [['--again'], {}, /no last question of this terminal/],
    [['--again', 'and this'], from('a'), /leave the words out/],
  ])('%j is refused where it makes no sense', async (args, fields, says) => {
    const response = await ask(args, fields as Record<string, string>);
    expect(exit(response)).toBe(2);
    expect(notes(response)).toMatch(says);
  });

  it('asks a council, and after that again a model', async () => {
    await ask(['which one'], { ...from('council'), i: 'of these' });
    const before = toaster.fake.chats('qwen3.5:9b').length;
    expect(exit(await ask(['--again', '--council'], from('council')))).toBe(0);
    const asked = toaster.fake.chats('qwen3.5:9b').slice(before);
    expect(asked.slice(0, 2).map(({ body }) => body.messages?.at(-1)?.content)).toEqual(
      Array(2).fill('which one\n\nof these'),
    );
    await ask(['--again', '--3b'], from('council'));
    expect(toaster.fake.chats('llama3.2:3b').at(-1)?.body.messages).toEqual([
      { role: 'user', content: 'which one\n\nof these' },
    ]);
  });

  it('has the schema of the last time, unless it is given another one', async () => {
    const [file, schema] = ['shape.json', '{"type":"object"}'];
    await ask(['--schema', file, 'one'], { ...from('s'), schema });
    await ask(['--again', '--no-cache'], from('s'));
    expect(heard()).toMatchObject({ format: { type: 'object' } });
    expect(notes(await ask(['--again', '--schema', 'lost.json'], from('s')))).toMatch(
      /lost\.json cannot be read/,
    );
  });

  it('knows nothing of a question from before a restart', async () => {
    const fresh = await startToaster();
    const body = new URLSearchParams({ a: '--again', shell: 'a' });
    const response = await fetch(`${fresh.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body });
    expect(notes(response)).toMatch(/no last question of this terminal/);
    await fresh.end();
  });

  it('remembers nothing with history: off, and forgets at once what it knew', async () => {
    const reload = () => toaster.admin('POST', '/api/config/reload');
    const file = join(toaster.folder, 'config.yaml');
    const before = readFileSync(file, 'utf8');
    await ask(['a secret'], from('c'));
    writeFileSync(file, `${before}\nhistory: off\n`);
    await reload();
    // Nobody asked meanwhile.
    writeFileSync(file, before);
    await reload();
    expect(notes(await ask(['--again'], from('c')))).toMatch(/no last question/);
    writeFileSync(file, `${before}\nhistory: off\n`);
    await reload();
    await ask(['another secret'], from('c'));
    expect(notes(await ask(['--again'], from('c')))).toMatch(/the config says history: off/);
    writeFileSync(file, before);
    await reload();
    expect(notes(await ask(['--again'], from('c')))).toMatch(/no last question/);
  });
});
