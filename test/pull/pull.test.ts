import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linksOf, PullDesk } from '../../proxy/pull/desk.ts';
import { OllamaHttp } from '../../proxy/runtimes/ollama/http.ts';
import { placeOf } from '../../proxy/runtimes/ollama/place.ts';
import { pullModel } from '../../proxy/runtimes/ollama/pull.ts';
import type { OpenedRuntime } from '../../proxy/runtimes/types.ts';
import type { ServiceParts } from '../../proxy/service.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { never, until } from '../helpers/requests.ts';
import { type RunOptions, runAsk } from '../helpers/shim.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));

/** A model hub with bad habits. */
let hub: Server;
let habit: 'good' | 'breaks off' | 'stalls' | 'wrong bytes';
let ranges: (string | undefined)[];
let toaster: TestToaster;
beforeEach(async () => {
  [habit, ranges] = ['good', []];
  hub = createServer((req, res) => {
    ranges.push(req.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
    const rest = habit === 'wrong bytes' ? Buffer.alloc(bytes.length) : bytes.subarray(from);
    res.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    if (habit === 'good' || habit === 'wrong bytes') return void res.end(rest);
    res.write(rest.subarray(0, 100_000), async () => {
      if (habit === 'stalls') return;
      await until(
        () => (statSync(join(models(), 'small.gguf.part'), { throwIfNoEntry: false })?.size ?? 0) > 0,
      );
      res.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(hub, 'listening');
});
afterEach(async () => {
  await toaster.end();
  hub.closeAllConnections();
  hub.close();
});

const models = () => join(toaster.folder, 'models');

async function start(options: Parameters<typeof startToaster>[0] = {}): Promise<void> {
  const { port } = hub.address() as AddressInfo;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  toaster = await startToaster({
    models: `
  small: { weights: small }
  lost: { weights: lost }`,
    further: `
tiers: { small: small, lost: lost }
memory: { system_gb: 1 }`,
    weights: `
  small:
    runtime: llamacpp
    file: small.gguf
    size_gb: 0.1
    source: { url: "http://127.0.0.1:${port}/small.gguf", sha256: ${sha256}, bytes: ${bytes.length} }
  lost: { runtime: llamacpp, file: lost.gguf, size_gb: 0.1 }`,
    fake: { models: [{ name: 'qwen3.5:9b' }] },
    ...options,
  });
}

const pull = (args: string[], options: RunOptions = {}) =>
  runAsk(args, { ...options, env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });

describe('ask --pull on Ollama', () => {
  it('fetches what a tier needs, a line every tenth, and says so of what is there', async () => {
    await start();
    const { code, stdout } = await pull(['--pull', '3b,9b']);
    expect(stdout).toMatch(
      /^Fetching llama3\.2:3b\n {2}0% of 1000 MB[\s\S]*50% of[\s\S]*100% of 1000 MB.*\nllama3\.2:3b is ready\.\nqwen3\.5:9b is there already\.\n$/,
    );
    expect(stdout.split('\n').filter((line) => line.includes('% of'))).toHaveLength(11);
    expect(code).toBe(0);
    expect(toaster.log().at(-1)).toMatchObject({ model: null, exit_code: 0 });
    expect(await pull(['--pull', 'fast-3b'])).toMatchObject({
      code: 0,
      stdout: 'llama3.2:3b is there already.\n',
    });
  });

  it('of a council fetches every seat’s weights, once', async () => {
    await start({ fake: { models: [] } });
    expect((await pull(['--pull', 'council'])).stdout).toMatch(/^[\s\S]*qwen3\.5:9b is ready\.\n$/);
    expect(toaster.fake.seen.filter(({ path }) => path === '/api/pull')).toHaveLength(1);
  });

  it('an error in the stream is told, with exit code 4; the next try goes on', async () => {
    await start();
    toaster.fake.fault('llama3.2:3b', { kind: 'error-in-stream' }, 1);
    const { code, stderr } = await pull(['--pull', '3b']);
    expect(stderr).toMatch(/^ask: Ollama could not fetch llama3\.2:3b: max retries exceeded/m);
    expect(code).toBe(4);
    expect((await pull(['--pull', '3b'])).code).toBe(0);
  });

  it('an Ollama that is not there is what is said, and nobody is asked to report it', async () => {
    await start();
    await toaster.fake.close();
    const { code, stderr } = await pull(['--pull', '3b']);
    expect(stderr).toMatch(/^ask: Ollama does not answer at .*start it with `ollama serve`\.$/m);
    expect(stderr).not.toMatch(/Toaster itself/);
    expect(code).toBe(4);
    toaster.fake = await FakeOllama.start({ models: [] });
  });

  it('Ctrl-C ends it at Ollama, too; meanwhile a second one is refused', async () => {
    await start();
    toaster.fake.fault('llama3.2:3b', { kind: 'hang-mid-stream' });
    let second: ReturnType<typeof pull> | undefined;
    const first = await pull(['--pull', '3b'], {
      watch: (stdout, interrupt) => {
        if (!stdout.includes('40%') || second) return;
        second = pull(['--pull', '3b']);
        void second.then(interrupt);
      },
    });
    expect(first.code).toBe(130);
    expect(await second).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/is being fetched already/),
    });
    await until(() => toaster.fake.seen.some(({ path, aborted }) => path === '/api/pull' && aborted));
    await until(() => toaster.log().some(({ exit_code }) => exit_code === 130));
  });

  it('gives up when nothing comes', async () => {
    await start();
    toaster.fake.fault('llama3.2:3b', { kind: 'hang-mid-stream' });
    const http = new OllamaHttp(toaster.fake.url);
    const weights = { id: 'a', name: 'llama3.2:3b', size_gb: 1, context: 512, parallel: 1 };
    await expect(pullModel(http, weights, () => {}, never(), 50)).rejects.toThrow(/nothing came for 0\.05 s/);
    http.close();
  });
});

describe('ask --pull of a GGUF', () => {
  it('fetches, verifies, and goes on where it broke off', async () => {
    await start();
    habit = 'breaks off';
    const broken = await pull(['--pull', 'small']);
    expect(broken).toMatchObject({ code: 4, stderr: expect.stringMatching(/small could not be fetched/) });
    expect(readdirSync(models()).sort()).toEqual(['small.gguf.part', 'tiny.gguf']);
    habit = 'good';
    expect(await pull(['--pull', 'small'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/small\.gguf is ready\.\n$/),
    });
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/);
    expect(readFileSync(join(models(), 'small.gguf')).equals(bytes)).toBe(true);
  });

  it('wrong bytes are removed, and that is said', async () => {
    await start();
    habit = 'wrong bytes';
    const { code, stderr } = await pull(['--pull', 'small']);
    expect(stderr).toMatch(/the bytes were wrong and were removed/);
    expect(code).toBe(4);
    expect(readdirSync(models())).toEqual(['tiny.gguf']);
  });

  it('Ctrl-C keeps what has come', async () => {
    await start();
    habit = 'stalls';
    const { code } = await pull(['--pull', 'small'], {
      watch: (stdout, interrupt) => {
        if (stdout.includes('%')) interrupt();
      },
    });
    expect(code).toBe(130);
    await until(() => !existsSync(join(models(), 'small.gguf.lock')));
    await until(() => toaster.log().some(({ exit_code }) => exit_code === 130));
    expect(readdirSync(models()).sort()).toEqual(['small.gguf.part', 'tiny.gguf']);
  });

  it('what an earlier try has left need not have room once more', async () => {
    await start({ disk: async () => 150_000 });
    expect(await pull(['--pull', 'small'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /small needs 0\.0 GB on the disk, and 0\.0 GB are left in .*models; free some/,
      ),
    });
    writeFileSync(join(models(), 'small.gguf.part'), bytes.subarray(0, 200_000));
    expect((await pull(['--pull', 'small'])).code).toBe(0);
    expect(ranges).toEqual(['bytes=200000-']);
  });

  it('a part that is whole is looked through, and nothing is fetched', async () => {
    await start();
    writeFileSync(join(models(), 'small.gguf.part'), bytes);
    expect((await pull(['--pull', 'small'])).stdout).toBe('small.gguf is ready.\n');
    expect(ranges).toEqual([]);
    expect(readdirSync(models()).sort()).toEqual(['small.gguf', 'tiny.gguf']);
  });

  it('a disk that gets full on the way is what is said', async (ctx) => {
    if (!existsSync('/dev/full')) return ctx.skip('there is no /dev/full');
    await start();
    symlinkSync('/dev/full', join(models(), 'small.gguf.part'));
    const { code, stderr } = await pull(['--pull', 'small']);
    expect(stderr).toMatch(
      /^ask: small could not be fetched \(127\.0\.0\.1:\d+: .*no space left on device.*\)/m,
    );
    expect(code).toBe(4);
    expect(existsSync(join(models(), 'small.gguf.lock'))).toBe(false);
  });

  it('that another process fetches is left to it', async () => {
    await start();
    writeFileSync(join(models(), 'small.gguf.lock'), String(process.ppid));
    expect(await pull(['--pull', 'small'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^ask: Another process is fetching .*small\.gguf right now; wait for it\.$/m,
      ),
    });
    // One that died left its lock behind.
    writeFileSync(join(models(), 'small.gguf.lock'), String(spawnSync('true').pid));
    expect((await pull(['--pull', 'small'])).code).toBe(0);
  });

  it('without a source says where to put the file', async () => {
    await start();
    const { code, stderr } = await pull(['--pull', 'lost']);
    expect(stderr).toMatch(/Nobody knows where lost comes from: put the GGUF at .*models\/lost\.gguf/);
    expect(code).toBe(4);
  });
});

describe('ask --pull of several', () => {
  it('goes on after one that cannot be had, and fails in the end', async () => {
    await start();
    const { code, stdout, stderr } = await pull(['--pull', 'lost,small,9b']);
    expect(stdout).toMatch(/small\.gguf is ready\.\nqwen3\.5:9b is there already\.\n$/);
    expect(stderr).toMatch(/^ask: Nobody knows where lost comes from/);
    expect(code).toBe(4);
  });

  it('says the same of all only once', async () => {
    await start();
    await toaster.fake.close();
    const { code, stderr } = await pull(['--pull', '3b,lost,1b']);
    expect(stderr.split('\n').map((line) => line.slice(0, 30))).toEqual([
      'ask: Ollama does not answer at',
      'ask: Nobody knows where lost c',
      '',
    ]);
    expect(code).toBe(4);
    toaster.fake = await FakeOllama.start({ models: [] });
  });

  it('with --json is a line of JSON for each step', async () => {
    await start();
    const { code, stdout } = await pull(['--pull', 'small,lost,9b', '--json']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ name: 'small.gguf', state: 'fetching', total: bytes.length });
    expect(lines.slice(1)).toEqual([
      { name: 'small.gguf', state: 'ready' },
      { name: 'lost.gguf', state: 'failed', error: expect.stringMatching(/^Nobody knows where/) },
      { name: 'qwen3.5:9b', state: 'there' },
    ]);
    expect(code).toBe(4);
  });
});

describe('where Ollama keeps its models', () => {
  const weights = { id: 'a', name: 'a', size_gb: 0.1, context: 512, parallel: 1 };
  const place = (environment: Record<string, string> | null, url = 'http://localhost:11434') =>
    placeOf(weights, url, 'linux', async () => ({
      environment: environment && new Map(Object.entries(environment)),
    }));

  it('is where its server was told to, or below its home', async () => {
    expect(await place({ HOME: '/h', OLLAMA_MODELS: '/big/models' })).toEqual({
      folder: '/big/models',
      have: 0,
    });
    expect(await place({ HOME: '/h' })).toEqual({ folder: '/h/.ollama/models', have: 0 });
  });

  it('has what came of a pull that broke off: the file is as long as it will be, with holes', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'blobs'));
    const partial = (name: string, length: number) => {
      const file = join(folder, 'blobs', name);
      writeFileSync(file, Buffer.alloc(2_000_000, 1));
      truncateSync(file, length);
    };
    partial('sha256-1-partial', 98e6);
    // Neither another model's nor one that is whole.
    partial('sha256-2-partial', 900e6);
    partial('sha256-3', 98e6);
    const found = await place({ HOME: '/h', OLLAMA_MODELS: folder });
    expect(found).toMatchObject({ folder, have: expect.closeTo(2e6, -5) });
  });

  it('is not known of another machine, nor of another user', async () => {
    expect(await place({ HOME: '/h' }, 'http://box.lan:11434')).toEqual({
      unseen: 'it is that of the machine behind box.lan:11434',
    });
    if (!existsSync('/usr/share/ollama'))
      expect(await place(null)).toEqual({ unseen: expect.stringMatching(/only its server's user can see/) });
  });

  it('where that is not known the disk is not looked at, and that is said', async () => {
    await start();
    const runtime: Partial<OpenedRuntime> = {
      has: async () => false,
      place: async () => ({ unseen: 'it is elsewhere' }),
      pull: async () => undefined,
    };
    const parts = {
      live: { current: { runtimes: new Map([['llamacpp', runtime]]) } },
    } as unknown as ServiceParts;
    const notes: string[] = [];
    const options = {
      force: true,
      tell() {},
      note: (text: string) => void notes.push(text),
      signal: never(),
    };
    const [link] = linksOf(toaster.live.current.config, ['small']);
    expect(link && (await new PullDesk().pull(parts, link, options))).toBe(true);
    expect(notes).toEqual(['The disk is not looked at before: it is elsewhere.']);
  });
});

describe('ask --pull refuses', () => {
  it('an unknown tier, and no name at all', async () => {
    await start();
    expect(await pull(['--pull', '7b'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no tier or model 7b/),
    });
    expect((await pull(['--pull'])).code).toBe(2);
  });

  it('whoever has no token', async () => {
    await start();
    const ran = await runAsk(['--pull', '3b'], {
      env: { ASK_URL: toaster.url, ASK_DATA_DIR: '/nonexistent' },
    });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/This changes state/) });
    expect(toaster.fake.seen.some(({ path }) => path === '/api/pull')).toBe(false);
  });

  it('without room on the disk', async () => {
    await start({ disk: async () => 1e9 });
    expect(await pull(['--pull', '3b'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /llama-3b needs 2\.0 GB on the disk, and 1\.0 GB are left in .*; free some/,
      ),
    });
  });

  it('what could never be loaded, unless by force', async () => {
    await start({ models: '  tiny: {}', further: 'memory: { system_gb: 100000 }', weights: '' });
    expect(await pull(['--pull', '3b'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/could never be loaded/),
    });
    expect((await pull(['--pull', '3b', '--force'])).code).toBe(0);
  });
});

it('a question to a missing model proposes exactly that', async () => {
  await start();
  const { stderr } = await pull(['--strict', '--3b', 'x']);
  expect(stderr).toMatch(/get it with `ask --pull 3b` \(or `ollama pull llama3\.2:3b`\)/);
  expect((await pull(['--lost', 'x'])).stderr).toMatch(
    /get it with `ask --pull lost`, or put the GGUF there/,
  );
});
