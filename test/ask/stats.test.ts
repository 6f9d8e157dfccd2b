import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { statsLength, tellCounting } from '../../proxy/ask/stats.ts';
import { statsText } from '../../proxy/ask/stats-text.ts';
import type { Counting, Receipt } from '../../proxy/contract.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { aLine } from '../telemetry/helpers.ts';

let toaster: TestToaster;
const now = Date.now() / 1000;
const line = (differs: Partial<Receipt>): string =>
  `${JSON.stringify(aLine({ ts: now - 60, cache: 'miss', tokens_in: 1000, tokens_out: 500, ...differs }))}\n`;
beforeAll(async () => {
  toaster = await startToaster({ further: 'prices: { input: 3, output: 15, currency: USD }' });
});
afterAll(() => toaster.end());
const ask = (...args: string[]) =>
  runAsk(args, { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });

describe('ask --stats', () => {
  it('says so when there is nothing', async () => {
    expect((await ask('--stats')).stdout).toMatch(/^No requests since \d{4}-\d\d-\d\d \d\d:00 UTC\.\n$/);
  });

  it('sums the log up, for a person and as JSON', async () => {
    appendFileSync(
      join(toaster.folder, 'log.jsonl'),
      [
        line({ latency_s: 2, ttft_s: 0.5 }),
        line({ latency_s: 2, ttft_s: 0.5, swapouts: 12 }),
        line({ cache: 'hit', latency_s: 0.002 }),
        line({ demoted: true, served_by: 'fast-3b', degraded_reason: 'timeout', latency_s: 60 }),
        line({ model: 'tiny', exit_code: 4, served_by: null }),
        // Neither within a day, nor the stress test's.
        line({ ts: now - 3 * 86_400 }),
        line({ source: 'stress' }),
      ].join(''),
    );
    const { stdout, stderr } = await ask('--stats', '24h');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^requests +5 since /);
    expect(stdout).toMatch(/\nfrom cache +1 \(20\.0%\)\n/);
    expect(stdout).toMatch(/\ndemoted +1 \(20\.0%\): timeout 1\n/);
    expect(stdout).toMatch(/\nfailed +1 \(20\.0%\)\n/);
    expect(stdout).toMatch(/\ntokens +4,000 in, 2,000 out\n/);
    expect(stdout).toMatch(/\nworth +0\.04 USD at 3 in and 15 out per million tokens\n/);
    expect(stdout).toMatch(/\nswapped out +12 pages while requests ran\n/);
    expect(stdout).toMatch(/\nfast-9b +4 +1 +1 +0 +2\.0 s +\d+\.\d s +\d+ ms\n/);
    expect(stdout).toMatch(/\nbusiest hours +\d\d:00 \(5\)\n$/);
    const report = JSON.parse((await ask('--stats', '--json')).stdout);
    expect(report.total.requests).toBe(6);
    expect(report.hours.reduce((sum: number, one: number) => sum + one)).toBe(6);
  });

  it.each([['ever'], ['36d'], ['0h'], ['30m']])('refuses %s and says what it takes', async (words) => {
    expect(await ask('--stats', words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`from 1h to 35d, such as 24h, 7d or 30d, not "${words}"`),
    });
  });
});

describe('its text', () => {
  it('has bars on a terminal, and figures alone in a pipe', async () => {
    const { stdout } = await ask('--stats', '--json');
    const report = JSON.parse(stdout);
    expect(statsText(report, true)).toMatch(/\nfast-9b .* █{16}[▏▎▍▌▋▊▉]?\n/);
    expect(statsText(report, true)).toMatch(/\n +0h [ ▁▂▃▄▅▆▇█]{24} 23h\n$/);
    expect(statsText(report, false)).not.toMatch(/[█▏▁]/);
  });

  it('says what to do where no price is known', () => {
    const total = { requests: 1, hits: 0, demoted: 0, failed: 0, p50: null, p95: null, ttft_p50: null };
    const tokens = { tokens_in: 0, tokens_out: 0, paid_in: 0, paid_out: 0 };
    const sums = { ...total, ...tokens, swapouts: 0, reasons: {} };
    const report = { from: now, to: now, total: sums, models: [], hours: [1], prices: null, saved: null };
    expect(statsText(report, false)).toMatch(/\nworth +unknown: set prices in the config/);
  });
});

it('a long count is told on a terminal, on a line that vanishes', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const said: (string | null)[] = [];
  let counting: Counting | null = null;
  const tell = (watched: boolean) =>
    tellCounting({ watched, progress: (line) => void said.push(line) }, () => counting);
  const quick = tell(true);
  vi.advanceTimersByTime(1000);
  quick();
  const piped = tell(false);
  counting = { done: 430, of: 1000 };
  vi.advanceTimersByTime(1000);
  piped();
  expect(said).toEqual([]);
  const end = tell(true);
  vi.advanceTimersByTime(300);
  end();
  end();
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(['counting the log, 43%', null]);
});

it('a length is seven days unless words say otherwise', () => {
  expect([statsLength(''), statsLength('24h'), statsLength(' 30d ')]).toEqual([604_800, 86_400, 2_592_000]);
});
