import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logQuestion } from '../../proxy/ask/log.ts';
import { parseAskArgs } from '../../proxy/ask/parse-args.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
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
    expect(await ask('--log')).toEqual({ code: 0, stdout: 'No such requests yet.\n', stderr: '' });
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

  it.each([
    [['--log', '10001'], /up to 10000 lines/],
    [['--log', '--only', 'slow'], /--only slow is none of all, demoted, failed, cached, council/],
    [['--follow', 'hi'], /--follow goes with --log/],
  ])('refuses %j', async (args, says) => {
    expect(await ask(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
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
