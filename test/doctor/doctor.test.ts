import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { doctorText } from '../../proxy/ask/doctor.ts';
import { examine } from '../../proxy/doctor/examine.ts';
import { type Finding, hint, ok, unknown } from '../../proxy/doctor/finding.ts';
import type { DoctorTools } from '../../proxy/doctor/tools.ts';
import { parseEnviron } from '../../proxy/runtimes/ollama/server-environment.ts';
import { judgeSettings } from '../../proxy/runtimes/ollama/settings.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { jsonOf } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster | undefined;
afterEach(async () => {
  await toaster?.end();
  toaster = undefined;
});

async function start(options: Parameters<typeof startToaster>[0] = {}): Promise<TestToaster> {
  toaster = await startToaster(options);
  return toaster;
}

async function ask(args: string[]) {
  return runAsk(args, { env: { ASK_URL: toaster?.url ?? '', ASK_DATA_DIR: toaster?.folder ?? '' } });
}

/** What the doctor says about one thing, and whether it is all well. */
async function doctor(check: string): Promise<{ found: Finding[]; code: number }> {
  const { stdout, code } = await ask(['--doctor', '--json']);
  const { findings }: { findings: Finding[] } = JSON.parse(stdout);
  return { found: findings.filter((finding) => finding.check === check), code };
}

describe('ask --doctor', () => {
  it('says of a machine that is well that nothing is wrong, in words for a pipe', async () => {
    // Small enough for any machine.
    const { log } = await start({ weights: '  qwen-9b: { size_gb: 0.1 }' });
    const { stdout, code } = await ask(['--doctor']);
    expect(stdout).toMatch(/^ok {7}runtimes {2}ollama: version 0\.33\.0-fake at http/m);
    expect(stdout).toMatch(
      /^ok {7}models {4}there: qwen-9b, gemma-4b, llama-3b, llama-1b, coder-30b, qwen-0\.5b/m,
    );
    expect(stdout).toMatch(/^ok {7}cache {5}.*cache\.db is whole/m);
    expect(stdout).not.toMatch(/^wrong/m);
    expect(code).toBe(0);
    expect(log()).toEqual([expect.objectContaining({ model: null, command: 'doctor', exit_code: 0 })]);
  });

  it('the log has the exit code that the shell saw, and yet no request failed', async () => {
    const { url, log } = await start({ onOllama: 'http://127.0.0.1:9' });
    expect((await ask(['--doctor'])).code).toBe(4);
    expect(log()).toEqual([expect.objectContaining({ command: 'doctor', exit_code: 4 })]);
    expect(await jsonOf(await fetch(`${url}/api/requests?filter=failed`))).toMatchObject({ requests: [] });
    expect((await ask(['--log'])).stdout).toBe('No request yet.\n');
    expect((await ask(['--stats'])).stdout).toMatch(/^No requests since/);
    expect((await ask(['--doctor', '--help'])).stdout).toMatch(/^usage: ask/);
  });

  it('takes no question', async () => {
    await start();
    expect(await ask(['--doctor', 'why'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no question/),
    });
  });

  it('an Ollama that does not answer is wrong, with the command that starts it; the rest is still told', async () => {
    await start({ onOllama: 'http://127.0.0.1:9' });
    const { found, code } = await doctor('runtimes');
    expect(found[0]).toMatchObject({
      state: 'wrong',
      mend: expect.stringMatching(/ollama serve|open -a Ollama/),
    });
    expect(found[1]).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/^llamacpp: embedded; 1 models/),
    });
    expect(code).toBe(4);
    const { stdout } = await ask(['--doctor']);
    expect(stdout).toMatch(/^wrong {4}runtimes .*does not answer.*\n {19,}→ /m);
    expect(stdout).toMatch(/\d wrong, \d+ to know/);
  });

  it('missing models: the default tier’s is wrong, others are to know; each with its pull', async () => {
    await start({ fake: { models: [{ name: 'llama3.2:3b' }] } });
    const { found, code } = await doctor('models');
    expect(found.map(({ state, mend }) => [state, mend])).toEqual([
      ['ok', null],
      ['wrong', 'ask --pull 9b'],
      ['warn', 'ask --pull 4b'],
      ['warn', 'ask --pull 1b'],
      ['warn', 'ask --pull heavy'],
      ['warn', 'ask --pull embed'],
    ]);
    expect(found[1]?.says).toMatch(/ollama pull qwen3\.5:9b$/);
    expect(code).toBe(4);
  });

  it('a config that broke or changed since it was read', async () => {
    const { folder, writeConfig } = await start();
    writeConfig('  tiny: { keep_alive: 1m }');
    expect((await doctor('config')).found).toEqual([
      expect.objectContaining({
        state: 'warn',
        mend: expect.stringMatching(/^curl -X POST .*\/api\/config\/reload$/),
      }),
    ]);
    writeFileSync(join(folder, 'config.yaml'), 'models: { tiny: { keep_alive: soon } }');
    const { found, code } = await doctor('config');
    expect(found).toEqual([
      expect.objectContaining({
        state: 'wrong',
        says: expect.stringMatching(/config\.yaml:1: models\.tiny\.keep_alive: is not a duration/),
      }),
    ]);
    expect(code).toBe(4);
  });

  it('files that others can read, and a token above all', async () => {
    const { folder } = await start();
    chmodSync(join(folder, 'admin.token'), 0o644);
    chmodSync(join(folder, 'cache.db'), 0o640);
    const { found, code } = await doctor('files');
    expect(found.map(({ state, mend }) => [state, mend])).toEqual([
      ['wrong', `chmod 600 ${folder}/admin.token`],
      ['warn', `chmod 600 ${folder}/cache.db`],
    ]);
    expect(code).toBe(4);
  });

  it('a log with torn lines, one at its end, and one from the future', async () => {
    const { folder } = await start();
    const ahead = JSON.stringify({ ts: Date.now() / 1000 + 7200, model: 'x', exit_code: 0 });
    writeFileSync(join(folder, 'log.jsonl'), `${'half a li\n'.repeat(20)}${ahead}\n{"ts":1`, { mode: 0o600 });
    const { found } = await doctor('log');
    expect(found.map(({ says }) => says)).toEqual([
      expect.stringMatching(/^21 of the last 22 lines are torn/),
      expect.stringMatching(/^the last line is torn/),
    ]);
    expect((await doctor('clock')).found[0]).toMatchObject({
      state: 'warn',
      says: expect.stringMatching(/1[12]\d min in the future/),
    });
  });

  it('a cache that is damaged', async () => {
    const { folder } = await start();
    // Another file at the same place: the proxy has the old one open.
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `cache.db${end}`), { force: true });
    writeFileSync(join(folder, 'cache.db'), 'this is no database'.repeat(500), { mode: 0o600 });
    const { found } = await doctor('cache');
    const broken = found.find(({ state }) => state === 'wrong');
    expect(broken?.says).toMatch(/cache\.db is damaged/);
    expect(broken?.mend).toMatch(/^mv .*cache\.db .*cache\.db\.broken && rm -f /);
  });

  it('a disk that is full, and one without room for what is missing', async () => {
    await start({ disk: async () => 50e6, fake: { models: [{ name: 'qwen3.5:9b' }] } });
    const { found } = await doctor('disk');
    expect(found.map(({ state }) => state)).toEqual(['wrong', 'warn']);
    expect(found[1]?.says).toMatch(/^coder-30b is missing and needs 18\.6 GB/);
  });

  it('advice is no trouble, and is counted apart', () => {
    const findings: Finding[] = [
      { check: 'tiers', ...ok('there is room for --9b') },
      { check: 'tiers', ...hint('--heavy would run tight', null) },
    ];
    expect(doctorText(findings, false)).toBe(
      'ok       tiers  there is room for --9b\nhint     tiers  --heavy would run tight\n\nAll is well, 1 hint.\n',
    );
    expect(doctorText(findings, true)).toMatch(/^· {2}tiers {2}--heavy/m);
    expect(doctorText([...findings, { check: 'disk', ...unknown('no answer') }], false)).toMatch(
      /\n0 wrong, 0 to know, 1 unknown, 1 hint\.\n$/,
    );
  });

  it('a check that fails or hangs is unknown, and keeps none of the others', async () => {
    const findings = await examine(
      {} as DoctorTools,
      [
        ['fails', () => Promise.reject(new Error('no such luck'))],
        ['hangs', () => new Promise(() => {})],
        ['works', async () => [ok('fine')]],
      ],
      20,
    );
    expect(findings).toEqual([
      { check: 'fails', state: 'unknown', says: 'could not be looked at: no such luck', mend: null },
      { check: 'hangs', state: 'unknown', says: expect.stringMatching(/nothing was found out/), mend: null },
      { check: 'works', state: 'ok', says: 'fine', mend: null },
    ]);
  });
});

describe("Ollama's settings", () => {
  const judge = (words: string[], platform: NodeJS.Platform = 'linux') =>
    judgeSettings({ environment: parseEnviron(['PATH=/bin', ...words]) }, platform, []);

  it('that spare memory are fine', () => {
    expect(judge(['OLLAMA_KV_CACHE_TYPE=q8_0', 'OLLAMA_FLASH_ATTENTION=1'])).toEqual([
      expect.objectContaining({ state: 'ok' }),
    ]);
  });

  it('that cost it are named, with the command for this system', () => {
    const bad = ['OLLAMA_NUM_PARALLEL=4', 'OLLAMA_FLASH_ATTENTION=0', 'OLLAMA_MAX_LOADED_MODELS=1'];
    const found = judge([...bad, 'OLLAMA_KEEP_ALIVE=-1', 'OLLAMA_CONTEXT_LENGTH=131072']);
    expect(found).toHaveLength(6);
    for (const { mend } of found)
      expect(mend).toBe(
        'OLLAMA_NUM_PARALLEL=1 OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 OLLAMA_CONTEXT_LENGTH=8192 OLLAMA_MAX_LOADED_MODELS=3 OLLAMA_KEEP_ALIVE=5m ollama serve  # in place of the one that runs',
      );
    expect(judge(bad, 'darwin')[0]?.mend).toMatch(
      /^launchctl setenv OLLAMA_NUM_PARALLEL 1 && .*open -a Ollama$/,
    );
    expect(judge(['INVOCATION_ID=x'])[0]?.mend).toMatch(
      /Environment=OLLAMA_KV_CACHE_TYPE=q8_0.*restart ollama$/,
    );
    expect(judge(['OLLAMA_KV_CACHE_TYPE=q8_0'])[0]?.says).toMatch(/nobody turned it on/);
  });

  it('are read of what ps shows, where spaces are not quoted', () => {
    const words = 'ollama serve PATH=/bin OLLAMA_MODELS=/Volumes/My Disk/models HOME=/Users/me'.split(' ');
    expect(parseEnviron(words)?.get('OLLAMA_MODELS')).toBe('/Volumes/My Disk/models');
  });

  it('that cannot be seen are unknown', () => {
    expect(parseEnviron(['ollama', 'serve'])).toBeNull();
    expect(judgeSettings({ environment: null }, 'linux', [])[0]?.state).toBe('unknown');
  });
});

it('an Ollama that is old is told apart from one that is new', async () => {
  const old = await FakeOllama.start({ models: [], version: '0.12.3' });
  await start({ onOllama: old.url });
  const { found } = await doctor('runtimes');
  await old.close();
  expect(found[0]).toMatchObject({
    state: 'warn',
    says: expect.stringMatching(/0\.12\.3 is older than 0\.30/),
  });
});
