import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppLog } from '../../electron/app-log.ts';
import { ensureConfig } from '../../electron/config-file.ts';
import { SettingsFile } from '../../electron/settings.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { startProgram } from '../helpers/program.ts';
import { until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster } from '../helpers/toaster.ts';

/** What others of this machine find in the file system, and where a client can make Toaster read or write. */

/** Everything below a folder that others than its owner may touch, with its mode. */
function open(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const { mode } = lstatSync(join(folder, name));
    return mode & 0o077 ? [`${name} ${(mode & 0o777).toString(8)}`] : [];
  });
}

/** A server with one file. */
async function hub(bytes: Buffer): Promise<string> {
  const server = createServer((_req, res) => res.end(bytes)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bytes = Buffer.alloc(2000, 'GGUF');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const source = (url: string, name = 'small.gguf') =>
  `{ url: "${url}/${name}", sha256: ${sha256}, bytes: ${bytes.length} }`;

describe('with a shell that lets everybody in (umask 000)', () => {
  it('all that the proxy writes is its owner’s alone', async () => {
    const top = tempFolder();
    const data = join(top, 'share', 'ask');
    const config = join(top, 'config', 'ask', 'config.yaml');
    const program = startProgram({ env: { ASK_DATA_DIR: data, ASK_CONFIG: config }, umask: '000' });
    const url = await program.listening();
    const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
    const admin = (method: string, path: string, body: unknown = {}) =>
      fetch(url + path, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    expect((await admin('PUT', '/api/settings', { reserve_gb: 0 })).status).toBe(200);
    appendFileSync(
      config,
      `
weights:
  small: { runtime: llamacpp, file: small.gguf, size_gb: 0.1, source: ${source(await hub(bytes))} }
models: { small: { weights: small } }
`,
    );
    expect((await admin('POST', '/api/config/reload')).status).toBe(200);
    const env = { ASK_URL: url, ASK_DATA_DIR: data };
    expect(await runAsk(['--pull', 'small'], { env })).toMatchObject({ code: 0 });
    expect((await admin('PUT', '/api/models/fast-3b/pin', { pinned: true })).status).toBe(200);
    await runAsk(['--3b', 'hi'], { env });
    await fetch(`${url}/api/stats?span=hour`);
    await until(() => existsSync(join(data, 'state.json')) && existsSync(join(data, 'log.jsonl')));
    expect(readdirSync(data, { recursive: true }).sort()).toEqual(
      expect.arrayContaining([
        'admin.token',
        'cache.db',
        'history.db',
        'log.jsonl',
        'models/small.gguf',
        'state.json',
        'stats.db',
      ]),
    );
    expect(open(top)).toEqual([]);
  });

  it('nor is what the app or the shim writes where there is no proxy', async () => {
    const top = tempFolder();
    const before = process.umask(0);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const data = join(top, 'share', 'ask');
      const down = { ASK_URL: 'http://127.0.0.1:9', ASK_DATA_DIR: data };
      expect((await runAsk(['hi'], { env: down })).code).toBe(3);
      ensureConfig(join(top, 'config', 'ask', 'config.yaml'), 'models: {}\n');
      new AppLog(join(top, 'logs', 'app.log')).write('what');
      new SettingsFile(join(top, 'app', 'app.json'), () => undefined).change({ port: 12_000 });
      expect(readdirSync(top, { recursive: true }).length).toBe(10);
    } finally {
      process.umask(before);
      stderr.mockRestore();
    }
    expect(open(top)).toEqual([]);
  });

  it('a token that others could read is closed to them at the next start', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'admin.token'), `${'t'.repeat(43)}\n`, { mode: 0o644 });
    await startProgram({ folder }).listening();
    expect(lstatSync(join(folder, 'admin.token')).mode & 0o777).toBe(0o600);
  });
});

describe('where a GGUF lies', () => {
  const config = (file: string) => `
weights: { w: { runtime: llamacpp, file: ${JSON.stringify(file)}, size_gb: 1 } }
models: { m: { weights: w } }`;

  it.each(['../secret.gguf', 'a/../../b.gguf', '..', '..\\b.gguf', '~/models/a.gguf', './../a.gguf'])(
    '%s leaves the models folder without saying where to',
    (file) => {
      expect(() => parseConfig(config(file), 'c.yaml')).toThrow(
        /c\.yaml:2: weights\.w\.file: leaves the models folder; write the whole path/,
      );
    },
  );

  it.each(['a.gguf', 'sub/a.gguf', '/Volumes/big/a.gguf', 'a..b.gguf'])(
    '%s is the person’s to choose',
    (file) => {
      expect(parseConfig(config(file), 'c.yaml').weights.w?.file).toBe(file);
    },
  );

  it('ask --pull writes into the models folder alone', async () => {
    const elsewhere = join(tempFolder(), 'small.gguf');
    const url = await hub(bytes);
    const toaster = await startToaster({
      models: '  small: { weights: small }',
      weights: `  small: { runtime: llamacpp, file: ${elsewhere}, size_gb: 0.1, source: ${source(url)} }`,
    });
    const pull = () =>
      runAsk(['--pull', 'small'], { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });
    expect(await pull()).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^ask: Only what belongs into .*models is fetched; put the GGUF of small at/,
      ),
    });
    expect(existsSync(elsewhere)).toBe(false);
    await toaster.end();
  });

  it('nor does it write through a link, nor under the name that the source’s address spells', async () => {
    const elsewhere = join(tempFolder(), 'elsewhere');
    const url = await hub(bytes);
    const toaster = await startToaster({
      models: '  small: { weights: small }\n  sly: { weights: sly }',
      weights: `
  small: { runtime: llamacpp, file: sub/small.gguf, size_gb: 0.1, source: ${source(url)} }
  sly: { runtime: llamacpp, file: sly.gguf, size_gb: 0.1, source: ${source(url, '..%2f..%2fsly.gguf')} }`,
    });
    const pull = (name: string) =>
      runAsk(['--pull', name], { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });
    const sub = join(toaster.folder, 'models', 'sub');
    mkdirSync(sub);
    symlinkSync(elsewhere, join(sub, 'small.gguf'));
    expect(await pull('small')).toMatchObject({ code: 0 });
    expect(lstatSync(join(sub, 'small.gguf')).isFile()).toBe(true);
    expect(await pull('sly')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/Nobody knows where sly/),
    });
    expect(existsSync(elsewhere)).toBe(false);
    await toaster.end();
  });
});

describe('a path that a client sends', () => {
  it('is opened by nobody: --schema and --out are the shim’s', async () => {
    const toaster = await startToaster();
    const secret = join(tempFolder(), 'secret.json');
    writeFileSync(secret, '{"type":"object","properties":{"canary":{"const":1}}}');
    const out = join(tempFolder(), 'out.html');
    const ask = (words: string[]) =>
      fetch(`${toaster.url}/ask`, {
        method: 'POST',
        headers: { 'x-ask': '1' },
        body: new URLSearchParams(words.map((word): [string, string] => ['a', word])),
      });
    const response = await ask(['--schema', secret, 'hi']);
    expect([response.status, response.headers.get('x-note')]).toEqual([
      400,
      expect.stringMatching(/--schema: .* cannot be read/),
    ]);
    await ask(['--stress', '--rounds', '1', '--tiers', '3b,1b', '--out', out]);
    expect(existsSync(out)).toBe(false);
    await ask([`@${secret}`, `file://${secret}`]);
    expect(JSON.stringify(toaster.fake.seen)).not.toContain('canary');
    await toaster.end();
  });
});
