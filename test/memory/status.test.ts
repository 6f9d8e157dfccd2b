import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelStatus, Status } from '../../proxy/contract.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({ further: 'memory: { budget_gb: 10, reserve_gb: 0, system_gb: 0 }' });
});
afterEach(() => toaster.end());

const status = async (): Promise<Status> => jsonOf(await fetch(`${toaster.url}/api/status`));
const model = async (name: string): Promise<ModelStatus | undefined> =>
  (await status()).models.find((one) => one.model === name);
const token = () => readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();
const pin = (name: string, body: unknown, bearer = token()) =>
  fetch(`${toaster.url}/api/models/${name}/pin`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
const ask = (...args: string[]) =>
  runAsk(args, { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });
const resident = () => toaster.fake.residency.list().map(({ name }) => name);

describe('/api/status', () => {
  it('tells what is in memory, who uses it, and when it goes', async () => {
    await toaster.chat('hi');
    expect(toaster.log()[0]).toMatchObject({ pressure: 'normal' });
    expect(toaster.log()[0]).toHaveProperty('swapouts');
    const { residents, memory, pressure, free_for_models } = await status();
    expect(residents).toMatchObject([
      {
        weights: 'qwen-9b',
        models: ['fast-9b', 'think-9b'],
        size: 1e9,
        footprint: 1e9,
        context: 8192,
        state: 'idle',
        in_flight: 0,
        stays: 'keep_alive',
      },
    ]);
    expect(residents[0]?.expires_in_s).toBeGreaterThan(890);
    expect(memory.total).toBeGreaterThan(1e9);
    expect(memory.resident.toaster).toBeGreaterThan(1e7);
    expect(pressure.level).toBe('normal');
    expect(free_for_models).toBeLessThanOrEqual(9e9);
    expect(await model('fast-9b')).toMatchObject({ tiers: ['9b'], state: 'warm', size: 1e9, measured: true });
    expect(await model('fast-3b')).toMatchObject({ state: 'cold', measured: false, expires_in_s: null });
  });

  it('counts what is being answered, and knows the embedded engine', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    const long = toaster.chat('word '.repeat(40));
    await until(async () => (await model('fast-9b'))?.in_flight === 1);
    expect((await status()).residents[0]).toMatchObject({ state: 'busy', stays: 'busy' });
    await (await long).text();
    await (await toaster.chat('toast', { model: 'tiny' })).text();
    expect(await model('tiny')).toMatchObject({ state: 'warm', runtime: 'llamacpp', measured: true });
    expect((await model('tiny'))?.size).toBeGreaterThan(5e7);
  });

  it('knows what is on its way in, how long that takes, and who answered last', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', loadMs: 300 });
    const first = toaster.chat('hi', { model: 'fast-3b' });
    await until(async () => (await model('fast-3b'))?.state === 'loading');
    expect((await model('fast-3b'))?.loading).toMatchObject({ expected_s: null });
    await (await first).text();
    expect(await model('fast-3b')).toMatchObject({
      state: 'warm',
      loading: null,
      keep_alive_s: 300,
      fallback: ['fast-1b', 'tiny'],
      last: { latency_s: expect.any(Number) },
    });
    await ask('--cool', '3b');
    await pin('fast-3b', { pinned: true });
    await until(async () => ((await model('fast-3b'))?.loading?.expected_s ?? 0) >= 0.3);
  });

  it('says of a model that exceeds what was free that it runs alone, and so does ask --status', async () => {
    // All of the machine but a gigabyte is reserved, and nothing is the system's alone.
    const reserve = Math.floor(totalmem() / 1e9) - 1;
    const small = await startToaster({ further: `memory: { reserve_gb: ${reserve}, system_gb: 0 }` });
    const response = await small.chat('hi', { model: 'fast-3b' });
    expect(response.headers.get('x-memory')).toBe('tight');
    const { models } = (await jsonOf(await fetch(`${small.url}/api/status`))) as Status;
    expect(models.flatMap(({ model: name, tight }) => (tight ? name : []))).toEqual(['fast-3b']);
    const shown = await runAsk(['--status'], { env: { ASK_URL: small.url, ASK_DATA_DIR: small.folder } });
    expect(shown.stdout).toMatch(
      /\ntight +llama-3b exceeds what was free and runs alone; the machine may page\n/,
    );
    small.fake.residency.unload('llama3.2:3b');
    const after = (await jsonOf(await fetch(`${small.url}/api/status`))) as Status;
    expect(after.models.some(({ tight }) => tight)).toBe(false);
    await small.end();
  });

  it('names weights that no config knows', async () => {
    toaster.fake.set({ name: 'stranger:7b' });
    await fetch(`${toaster.fake.url}/api/generate`, { method: 'POST', body: '{"model":"stranger:7b"}' });
    expect((await status()).residents).toMatchObject([{ weights: 'stranger:7b', models: [] }]);
  });
});

describe('pins', () => {
  it('need the token and a body that says what', async () => {
    expect((await pin('fast-3b', { pinned: true }, 'wrong')).status).toBe(401);
    expect((await pin('fast-3b', {})).status).toBe(400);
    expect((await pin('nope', { pinned: true })).status).toBe(404);
    expect((await pin('council', { pinned: true })).status).toBe(404);
  });

  it('bring a model into memory at once, are written down, and end when they are taken away', async () => {
    expect((await pin('fast-3b', { pinned: true })).status).toBe(200);
    await until(() => resident().includes('llama3.2:3b'));
    expect(await model('fast-3b')).toMatchObject({ pinned: true, state: 'warm' });
    expect(JSON.parse(readFileSync(join(toaster.folder, 'state.json'), 'utf8'))).toMatchObject({
      pinned: ['fast-3b'],
    });
    await pin('fast-3b', { pinned: false });
    expect(await model('fast-3b')).toMatchObject({ pinned: false });
  });

  it('of an earlier run bring their model into memory after a start', async () => {
    const again = await startToaster({ pinned: ['fast-3b'] });
    await until(() => again.fake.residency.list().some(({ name }) => name === 'llama3.2:3b'));
    await again.end();
  });

  it('make nobody leave, and are told once when there is no room for them', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', size: 9e9 });
    await toaster.chat('hi');
    await pin('fast-3b', { pinned: true });
    await until(() => toaster.warnings.length > 0);
    expect(toaster.warnings).toEqual([expect.stringMatching(/^fast-3b is pinned and cannot be warm now/)]);
    expect(resident()).toEqual(['qwen3.5:9b']);
  });
});

describe('ask', () => {
  it('--warm and --cool pin and let go, by tier or by name', async () => {
    expect(await ask('--warm', '3b')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fast-3b is pinned/),
    });
    await until(() => resident().includes('llama3.2:3b'));
    expect(await ask('--cool', 'fast-3b')).toEqual({ code: 0, stdout: 'fast-3b is cold.\n', stderr: '' });
    expect(resident()).toEqual([]);
    expect(await ask('--warm', 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no tier or model nope; the tiers are 9b, /),
    });
  });

  it('--cool does not kill an answer', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    const long = toaster.chat('word '.repeat(40));
    await until(async () => (await model('fast-9b'))?.in_flight === 1);
    expect(await ask('--cool', '9b')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/fast-9b is answering/),
    });
    expect((await jsonOf(await long)).choices[0].finish_reason).toBe('stop');
  });

  it('--status and --models are tables, and JSON', async () => {
    expect((await ask('--status')).stdout).toMatch(
      /^memory {4}█*░+ {2}[\d.]+ GB of [\d.]+ GB available\npressure {2}normal\nfree {6}10\.0 GB for models\n(?:orphans .*\n)?\nNo model is in memory\.\n$/,
    );
    await toaster.chat('hi');
    expect((await ask('--status')).stdout).toMatch(
      /\nweights +models +size +state +for\nqwen-9b +fast-9b, think-9b +1\.0 GB +idle +15 min\n$/,
    );
    expect((await ask('--models')).stdout).toMatch(
      /^tier +model +weights +size +state +for +last took\n--9b +fast-9b +qwen-9b +1\.0 GB +warm +15 min +\d+ ms\n/,
    );
    expect(JSON.parse((await ask('--models', '--json')).stdout)).toHaveLength(8);
    expect(JSON.parse((await ask('--status', '--json')).stdout)).toHaveProperty('pressure.level', 'normal');
  });
});

describe('cooling everything', () => {
  const cool = async () => jsonOf(await toaster.admin('POST', '/api/cool'));

  it('needs the token', async () => {
    expect((await fetch(`${toaster.url}/api/cool`, { method: 'POST' })).status).toBe(401);
  });

  it('unpins and unloads what is idle, and leaves what is busy or a stranger', async () => {
    toaster.fake.set({ name: 'stranger:7b' });
    await fetch(`${toaster.fake.url}/api/generate`, { method: 'POST', body: '{"model":"stranger:7b"}' });
    await pin('fast-1b', { pinned: true });
    await pin('fast-9b', { pinned: true });
    await until(() => resident().includes('llama3.2:1b') && resident().includes('qwen3.5:9b'));
    await toaster.chat('toast', { model: 'tiny' });
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 20 });
    const long = toaster.chat('word '.repeat(60));
    await until(async () => (await model('fast-9b'))?.in_flight === 1);
    expect(await cool()).toEqual({ cooled: ['llama-1b', 'qwen-0.5b'], busy: ['qwen-9b'] });
    expect(resident().sort()).toEqual(['qwen3.5:9b', 'stranger:7b']);
    expect(await model('fast-9b')).toMatchObject({ pinned: true, state: 'warm' });
    expect(await model('fast-1b')).toMatchObject({ pinned: false, state: 'cold' });
    expect(await model('tiny')).toMatchObject({ state: 'cold' });
    expect((await (await long).text()).length).toBeGreaterThan(100);
    expect(await cool()).toEqual({ cooled: ['qwen-9b'], busy: [] });
    expect(await cool()).toEqual({ cooled: [], busy: [] });
  });

  it('takes the pin from a model that is not there either, or it would come right back', async () => {
    toaster.fake.fault('llama3.2:3b', { kind: 'status', status: 500, error: 'no luck' }, 1);
    await pin('fast-3b', { pinned: true });
    await until(() =>
      toaster.warnings.some((warning) => /fast-3b is pinned and cannot be warm/.test(warning)),
    );
    expect(await cool()).toEqual({ cooled: [], busy: [] });
    expect(await model('fast-3b')).toMatchObject({ pinned: false });
  });
});
