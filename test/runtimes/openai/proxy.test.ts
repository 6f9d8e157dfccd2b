import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelStatus, Status } from '../../../proxy/contract.ts';
import { FakeOpenai, type FakeOptions } from '../../fake-openai/server.ts';
import { jsonOf, until } from '../../helpers/requests.ts';
import { runAsk } from '../../helpers/shim.ts';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';
import { SECRET } from './kit.ts';

/** A box elsewhere with a model that no laptop could hold, and a hosted one that costs money. */
const MODELS = `  far: { weights: huge, fallback: [fast-3b] }
  hosted: { weights: gpt }
  far-council: { members: [{ model: far }, { model: fast-3b }], chairman: far }`;
const TIERS = 'tiers: { far: far, gpt: hosted }';

interface Setting {
  toaster: TestToaster;
  box: FakeOpenai;
  ask(args: string[]): ReturnType<typeof runAsk>;
}

/** A whole Toaster with a fake box behind it. `local`: whether the box's weights are in this machine's memory. */
async function start({
  local = false,
  size = 500,
  boxed = {},
  further = '',
  models = MODELS,
}: {
  local?: boolean;
  size?: number;
  boxed?: Partial<FakeOptions>;
  further?: string;
  models?: string;
} = {}): Promise<Setting> {
  process.env.BOX_KEY = SECRET;
  const box = await FakeOpenai.start({ models: ['huge-1', 'gpt-1'], key: SECRET, ...boxed });
  const toaster = await startToaster({
    runtimes: `  box: { kind: openai, url: "${box.url}", key: { env: BOX_KEY }, local: ${local} }
  hosted: { kind: openai, url: "${box.url}", key: { env: BOX_KEY }, paid: true }`,
    weights: `  huge: { runtime: box, name: huge-1, size_gb: ${size}, revision: "1" }
  gpt: { runtime: hosted, name: gpt-1 }`,
    models,
    further: `${TIERS}\n${further}`,
  });
  onTestFinished(async () => {
    await toaster.end();
    await box.close();
    delete process.env.BOX_KEY;
  });
  const env = { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
  return { toaster, box, ask: (args) => runAsk(args, { env }) };
}

const statusOf = async ({ url }: TestToaster): Promise<Status> => jsonOf(await fetch(`${url}/api/status`));
const modelIn = (status: Status, name: string): ModelStatus | undefined =>
  status.models.find(({ model }) => model === name);

describe('a box elsewhere', () => {
  it('answers with what this machine could never hold, and takes none of its memory', async () => {
    const { toaster, box } = await start({ further: 'memory: { budget_gb: 1, reserve_gb: 0 }' });
    const response = await toaster.chat('make toast', { model: 'far' });
    expect(response.headers.get('x-served-by')).toBe('far');
    expect((await jsonOf(response)).choices[0].message.content).toBe('echo: make toast');
    // No look at what it holds, no load before.
    expect(box.asked.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
    const status = await statusOf(toaster);
    expect(status.residents).toEqual([]);
    expect(modelIn(status, 'far')).toMatchObject({ state: 'remote', size: 0, paid: false });
    expect(modelIn(status, 'hosted')).toMatchObject({ state: 'remote', paid: true });
  });

  it('streams, and breaks off honestly', async () => {
    const { toaster, box } = await start();
    const whole = await (await toaster.chat('a b', { model: 'far', stream: true })).text();
    expect(whole).toMatch(/"model":"far".*data: \[DONE\]\n\n$/s);
    box.behaviour = { fault: 'ends early' };
    const broken = await (await toaster.chat('a b', { model: 'far', stream: true })).text();
    expect(broken).toContain('without saying that it is done');
    expect(broken).not.toContain('[DONE]');
    expect(broken).not.toContain('"finish_reason":"stop"');
  });

  it('is stood in for by this machine when it is away, which is told', async () => {
    const { toaster, box, ask } = await start();
    await box.close();
    const { stdout, stderr, code } = await ask(['--far', 'hi']);
    expect(stdout).toContain('hi');
    expect(stderr).toMatch(/\[degraded: far → fast-3b\].*connection/);
    expect(code).toBe(0);
    expect(toaster.log().at(-1)).toMatchObject({ served_by: 'fast-3b', degraded_reason: 'connection' });
  });

  it('whose key is refused is warned of once, and demoted from with that reason each time', async () => {
    const { toaster } = await start({ boxed: { key: 'another' } });
    for (const _ of [1, 2]) {
      const response = await toaster.chat('hi', { model: 'far' });
      expect(response.headers.get('x-served-by')).toBe('fast-3b');
      expect(response.headers.get('x-degraded-reason')).toBe('unauthorized');
    }
    expect(toaster.warnings.filter((text) => text.includes('BOX_KEY'))).toHaveLength(1);
  });

  it('that says nothing, or nothing more, is given up, and stops its work', async () => {
    const { toaster, box } = await start({
      models: `  far: { weights: huge, fallback: [fast-3b], timeouts: { first_token: 300ms, idle: 300ms } }
  hosted: { weights: gpt }`,
    });
    box.behaviour = { fault: 'silent' };
    const silent = await toaster.chat('hi', { model: 'far' });
    expect(silent.headers.get('x-degraded-reason')).toBe('timeout');
    box.behaviour = { tokenMs: 2000 };
    const stalled = await toaster.chat('hi', { model: 'far' });
    expect(stalled.headers.get('x-degraded-reason')).toBe('timeout');
    await until(() => box.left === 1);
  });

  it('rests after three failures, and is not asked by each request', async () => {
    const { toaster, box } = await start();
    box.behaviour = { fault: 'overloaded' };
    const reasons: (string | null)[] = [];
    for (const _ of [1, 2, 3, 4])
      reasons.push((await toaster.chat('hi', { model: 'far' })).headers.get('x-degraded-reason'));
    expect(reasons).toEqual(['http_5xx', 'http_5xx', 'http_5xx', 'cooling_off']);
    expect(box.chats).toHaveLength(3);
  });

  it('cannot be pinned or cooled from here, nor fetched', async () => {
    const { toaster, ask } = await start();
    const pin = await toaster.admin('PUT', '/api/models/far/pin', { pinned: true });
    expect([pin.status, (await jsonOf(pin)).error.message]).toEqual([
      409,
      expect.stringContaining('another machine'),
    ]);
    expect((await toaster.admin('POST', '/api/models/far/cool')).status).toBe(409);
    expect((await ask(['--pull', 'far'])).stdout).toContain('huge-1 is there already');
    const other = await start({ boxed: { models: ['gpt-1'] } });
    const { stderr, code } = await other.ask(['--pull', 'far']);
    expect(stderr).toMatch(
      /huge-1 cannot be fetched from here: which models 127\.0\.0\.1:\d+ has is for that server to say/,
    );
    expect(code).toBe(4);
  });

  it('is looked at by the doctor', async () => {
    const { ask } = await start({ boxed: { models: ['gpt-1'] } });
    const { stdout } = await ask(['--doctor']);
    expect(stdout).toMatch(/box: 1 model at http/);
    expect(stdout).toMatch(/hosted: 1 model at .*; it costs money, and is asked by name only/);
    expect(stdout).toMatch(/huge-1 is missing \(far\): which models/);
    expect(stdout).not.toContain('--far takes');
    expect(stdout).not.toContain('ask --pull far');
  });

  it('may have its answers cached when the config says which weights they are', async () => {
    const { box, ask } = await start();
    await ask(['--far', 'hi']);
    const { stderr } = await ask(['--far', '--why', 'hi']);
    expect(stderr).toMatch(/cache +hit/);
    expect(box.chats).toHaveLength(1);
    await ask(['--gpt', 'hi']);
    await ask(['--gpt', 'hi']);
    expect(box.chats).toHaveLength(3);
  });

  it('is asked anew for what it did not take when the config is read again', async () => {
    const { toaster, box } = await start();
    const ask = () => toaster.chat('hi', { model: 'far', seed: 1 });
    box.behaviour = { refuses: { seed: 'Unknown parameter: *' } };
    expect((await jsonOf(await ask())).error).toMatchObject({ param: 'seed', code: 'unsupported' });
    box.behaviour = {};
    expect((await ask()).status).toBe(400);
    expect((await toaster.admin('POST', '/api/config/reload')).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });
});

describe('what costs money', () => {
  it('is said so in the receipt, the log, the lists, and the help', async () => {
    const { toaster, ask } = await start();
    const { stderr } = await ask(['--gpt', '--why', 'hi']);
    expect(stderr).toMatch(/paid +it cost money/);
    expect(toaster.log().at(-1)).toMatchObject({ served_by: 'hosted', paid: true });
    await ask(['--far', 'hi']);
    expect(toaster.log().at(-1)).not.toHaveProperty('paid');
    expect((await ask(['--models'])).stdout).toMatch(/--gpt +hosted +gpt +remote .*paid/);
    expect((await ask(['--help'])).stdout).toMatch(/--gpt +hosted, on hosted, costs money/);
    const { data } = await jsonOf(await fetch(`${toaster.url}/v1/models`));
    expect(data.filter(({ paid }: { paid?: boolean }) => paid).map(({ id }: { id: string }) => id)).toEqual([
      'hosted',
    ]);
  });

  it('stands in where the person wrote that it may, and that is told, too', async () => {
    const { toaster, box } = await start({
      models: `${MODELS}\n  mine: { weights: qwen-9b, fallback: [hosted], allow_paid_fallback: true }`,
    });
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    const response = await toaster.chat('hi', { model: 'mine' });
    expect(response.headers.get('x-degraded')).toBe('mine -> hosted');
    expect(toaster.log().at(-1)).toMatchObject({ served_by: 'hosted', demoted: true, paid: true });
    expect(box.chats).toHaveLength(1);
  });

  it('has saved nothing', async () => {
    const { toaster, ask } = await start({ further: 'prices: { input: 1000000, output: 0 }' });
    const saved = async () => (await jsonOf(await fetch(`${toaster.url}/api/stats?span=day`))).saved;
    await ask(['--far', 'hi']);
    await until(async () => (await saved()) === 7);
    await ask(['--gpt', 'hi']);
    await until(
      async () => (await jsonOf(await fetch(`${toaster.url}/api/stats?span=day`))).total.requests === 2,
    );
    expect(await saved()).toBe(7);
  });
});

describe('a secret', () => {
  it('is in no file, no warning and no answer, whatever the server says of it', async () => {
    const { toaster, box, ask } = await start();
    const said: string[] = [];
    for (const fault of ['unauthorized', 'error event', 'no json', null] as const) {
      box.behaviour = { fault };
      const { stdout, stderr } = await ask(['--gpt', '--why', 'hi']);
      const response = await toaster.chat('hi', { model: 'hosted' });
      said.push(stdout, stderr, await response.text(), JSON.stringify([...response.headers]));
    }
    for (const path of ['/api/status', '/api/requests', '/v1/models', '/health'])
      said.push(await (await fetch(toaster.url + path)).text());
    for (const args of [['--doctor'], ['--models'], ['--log']]) said.push((await ask(args)).stdout);
    const files = readdirSync(toaster.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(toaster.folder, name))
      .filter((file) => statSync(file).isFile());
    expect(files.some((file) => file.endsWith('log.jsonl'))).toBe(true);
    for (const text of [...said, ...toaster.warnings, ...files.map((file) => readFileSync(file, 'latin1'))])
      expect(text).not.toContain(SECRET);
  });
});

describe('a server on this machine', () => {
  const MEMORY = 'memory: { budget_gb: 9, reserve_gb: 0, system_gb: 0 }';
  const holding = { models: [{ id: 'huge-1', owned_by: 'llamacpp' }] };

  it('takes its memory, and cannot be made to leave: others look elsewhere', async () => {
    const { toaster } = await start({ local: true, size: 4, boxed: holding, further: MEMORY });
    expect((await toaster.chat('hi', { model: 'far' })).headers.get('x-served-by')).toBe('far');
    const status = await statusOf(toaster);
    expect(status.residents).toEqual([
      expect.objectContaining({ weights: 'huge', context: 8192, size: expect.any(Number) }),
    ]);
    expect(status.residents[0]?.size).toBeGreaterThan(4e9);
    expect(status.free_for_models).toBeLessThan(5e9);
    expect(modelIn(status, 'far')).toMatchObject({ state: 'warm' });
    const other = await toaster.chat('hi', { model: 'fast-9b' });
    expect(other.headers.get('x-served-by')).toBe('fast-3b');
    expect(other.headers.get('x-degraded-reason')).toBe('no_room');
    const cool = await toaster.admin('POST', '/api/models/far/cool');
    expect((await jsonOf(cool)).error.message).toMatch(/cannot be told to let go of huge-1/);
  });

  it('that does not tell what it holds is loaded by the shortest answer, and there after it', async () => {
    const { toaster, box } = await start({ local: true, size: 1, further: MEMORY });
    const response = await toaster.chat('hi', { model: 'far' });
    expect((await jsonOf(response)).choices[0].message.content).toBe('echo: hi');
    expect(box.chats.map(({ body }) => body.max_tokens)).toEqual([1, undefined]);
    expect((await statusOf(toaster)).residents).toMatchObject([{ weights: 'huge' }]);
  });

  it('that can unload is told to when room is needed', async () => {
    const running = { running: [{ model: 'huge-1', state: 'ready' }] };
    const { toaster, box } = await start({
      local: true,
      size: 6,
      boxed: {
        gets: { '/running': running },
        posts: { '/api/models/unload/huge-1': () => running.running.pop() },
      },
      further: MEMORY,
    });
    await toaster.chat('hi', { model: 'far' });
    const other = await toaster.chat('hi', { model: 'fast-9b' });
    expect(other.headers.get('x-served-by')).toBe('fast-9b');
    expect(box.asked.some(({ path }) => path === '/api/models/unload/huge-1')).toBe(true);
  });
});

describe('a Toaster behind a Toaster', () => {
  it('answers as itself, and refuses where it would have had a smaller one answer', async () => {
    const behind = await startToaster({ models: '  fast-9b: { fallback: [fast-3b] }' });
    onTestFinished(() => behind.end());
    const front = await startToaster({
      runtimes: `  box: { kind: openai, url: "${behind.url}/v1", local: false }`,
      weights: '  nine: { runtime: box, name: fast-9b }',
      models: '  far: { weights: nine, fallback: [fast-1b] }',
    });
    onTestFinished(() => front.end());
    const well = await front.chat('hi', { model: 'far' });
    expect(well.headers.get('x-served-by')).toBe('far');
    expect(behind.log().at(-1)).toMatchObject({ served_by: 'fast-9b' });
    behind.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    const demoted = await front.chat('hi', { model: 'far' });
    expect(demoted.headers.get('x-served-by')).toBe('fast-1b');
    expect(demoted.headers.get('x-degraded')).toBe('far -> fast-1b');
    expect(behind.fake.chats('llama3.2:3b')).toEqual([]);
  });

  it('or somebody between them that has another model answer is a failure, too', async () => {
    const { toaster, box } = await start();
    box.behaviour = { headers: { 'x-degraded': 'huge-1 -> tiny-1' } };
    const response = await toaster.chat('hi', { model: 'far' });
    expect(response.headers.get('x-served-by')).toBe('fast-3b');
    expect(await jsonOf(response)).toMatchObject({ model: 'fast-3b' });
  });
});
