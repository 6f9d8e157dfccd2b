import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logQuestion } from '../../proxy/ask/log.ts';
import { parseAskArgs } from '../../proxy/ask/parse-args.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { readLog, startToaster, type TestToaster } from '../helpers/toaster.ts';
import { aLine } from '../telemetry/helpers.ts';

let toaster: TestToaster;
let env: Record<string, string>;
const line = (differs: Partial<Receipt>): string =>
  `${JSON.stringify(aLine({ cache: 'miss', latency_s: 2, ttft_s: 0.5, ...differs }))}\n`;
beforeAll(async () => {
  toaster = await startToaster();
  env = { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
});
afterAll(() => toaster.end());
const ask = async (...args: string[]) => runAsk(args, { env });

describe('ask --log', () => {
  it('says so when there is nothing', async () => {
    expect(await ask('--log')).toEqual({ code: 0, stdout: 'No request yet.\n', stderr: '' });
  });

  it('shows the newest lines, the last one below, and what became of each', async () => {
    appendFileSync(
      join(toaster.folder, 'log.jsonl'),
      [
        line({ request_id: 'a' }),
        line({ request_id: 'b', cache: 'hit', latency_s: 0.002 }),
        line({ request_id: 'c', demoted: true, served_by: 'fast-3b', degraded_reason: 'timeout' }),
        line({
          request_id: 'd',
          exit_code: 4,
          served_by: null,
          error: 'all failed\nmore of it',
          ttft_s: null,
        }),
        line({ request_id: 'e', finish: 'length', source: 'api' }),
        line({ request_id: 'f', exit_code: 4, served_by: null, ttft_s: null, error: '\u001b[31mred' }),
      ].join(''),
    );
    const rows = (await ask('--log')).stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.slice(21))).toEqual([
      'fast-9b                   2.0 s  first 500 ms  ask',
      'fast-9b                    2 ms                ask     cached',
      'fast-9b → fast-3b         2.0 s  first 500 ms  ask     demoted: timeout',
      'fast-9b                   2.0 s                ask     failed: all failed',
      'fast-9b                   2.0 s  first 500 ms  api     cut',
      'fast-9b                   2.0 s                ask     failed: ␛[31mred',
    ]);
    expect(rows[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/);
  });

  it('shows so many, of a kind, with a word in them, and as JSON', async () => {
    expect((await ask('--log', '2')).stdout.trimEnd().split('\n')).toHaveLength(2);
    expect((await ask('--log', '--only', 'demoted')).stdout).toMatch(/^.*demoted: timeout\n$/);
    expect((await ask('--log', '50', 'All Failed')).stdout).toMatch(/^.*failed: all failed\n$/);
    expect((await ask('--log', '1', 'fast-9b', '--only', 'failed')).stdout).toMatch(
      /^.*failed: ␛\[31mred\n$/,
    );
    expect((await ask('--log', 'No Such', '--only', 'cached')).stdout).toBe(
      'No cached request with "no such" in it.\n',
    );
    expect(JSON.parse((await ask('--log', '1', 'hit', '--only', 'cached', '--json')).stdout || '{}')).toEqual(
      {},
    );
    expect(JSON.parse((await ask('--log', '1', '--json')).stdout)).toMatchObject({ request_id: 'f' });
  });

  it('follows what comes, until Ctrl-C', async () => {
    let asked = false;
    const ran = await runAsk(['--log', '1', '-f'], {
      env,
      watch(stdout, interrupt) {
        if (!asked) void toaster.chat('hi');
        asked = true;
        if (stdout.trimEnd().split('\n').length === 2) interrupt();
      },
    });
    expect(ran.code).toBe(130);
    expect(ran.stdout.split('\n')[1]).toMatch(/ fast-9b .* api$/);
    await until(() => toaster.log().at(-1)?.exit_code === 130);
  });

  it('follows through a rotation, only what is wanted, and as JSON', async () => {
    const file = join(toaster.folder, 'log.jsonl');
    // In which of the two depends on when the log finds out that it was moved.
    const interrupted = () =>
      [...readLog(file), ...readLog(`${file}.1`)].filter(({ exit_code }) => exit_code === 130).length;
    const before = interrupted();
    const gone = new AbortController();
    const args = ['--log', '0', '-f', '--only', 'demoted', 'HTTP_5xx', '--json'];
    const response = await fetch(`${toaster.url}/ask`, {
      method: 'POST',
      headers: { 'x-ask': '1' },
      body: new URLSearchParams(args.map((arg): [string, string] => ['a', arg])),
      signal: gone.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    renameSync(file, `${file}.1`);
    await (await toaster.chat('not this one')).text();
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 }, 1);
    await (await toaster.chat('this one')).text();
    const { value = '' } = (await reader?.read()) ?? {};
    expect(JSON.parse(value)).toMatchObject({ model: 'fast-9b', degraded_reason: 'http_5xx' });
    gone.abort();
    await until(() => interrupted() === before + 1);
  });

  it.each([
    [['--log', '10001'], /up to 10000 lines/],
    [['--log', '0'], /--log 0 shows nothing; with -f it shows what comes/],
    [['--log', '--only', 'slow'], /--only slow is none of all, demoted, failed, cached, council/],
    [['--follow', 'hi'], /--follow goes with --log/],
  ])('refuses %j', async (args, says) => {
    expect(await ask(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
});

it('a log that cannot be read says so, and one that is empty is no trouble', async () => {
  const own = await startToaster();
  const log = join(own.folder, 'log.jsonl');
  const show = () => runAsk(['--log'], { env: { ASK_URL: own.url, ASK_DATA_DIR: own.folder } });
  writeFileSync(log, '');
  expect(await show()).toMatchObject({ code: 0, stdout: 'No request yet.\n' });
  rmSync(log);
  mkdirSync(log);
  expect(await show()).toMatchObject({
    code: 4,
    stdout: '',
    stderr: expect.stringMatching(
      /^ask: The log .*log\.jsonl cannot be read \(EISDIR.*\); ask --doctor looks why\.$/m,
    ),
  });
  await own.end();
});

it.each([
  [['--log'], 20, ''],
  [['--log', '7'], 7, ''],
  [['--log', 'Timeout'], 20, 'timeout'],
  [['--log', '7', 'no', 'room'], 7, 'no room'],
  [['--log', '9b'], 20, '9b'],
])('%j is a question', (args, lines, words) => {
  expect(logQuestion(parseAskArgs(args, []))).toMatchObject({ lines, words });
});
