import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stressPage } from '../../proxy/stress/page.ts';
import type { StressResult, StressSample } from '../../proxy/stress/run.ts';
import { summarize } from '../../proxy/stress/summary.ts';
import { until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** The stress test through the real shim, into whose budget only one of its two models fits. */

let toaster: TestToaster;
let out: string;
let env: Record<string, string>;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'stress-'));
  toaster = await startToaster({
    models: '  fast-9b: { fallback: [fast-1b] }\n  coder-30b: { fallback: [fast-1b] }',
    fake: {
      models: [
        { name: 'qwen3.5:9b', size: 6e9 },
        { name: 'qwen3-coder:30b', size: 18e9 },
        { name: 'llama3.2:1b', size: 1e9 },
      ],
    },
    further: 'memory: { budget_gb: 9, reserve_gb: 0, system_gb: 0 }',
  });
  env = { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
});
afterAll(async () => {
  await toaster.end();
  rmSync(out, { recursive: true, force: true });
});
const lines = () => toaster.log().filter(({ source }) => source === 'stress');

describe('ask --stress', () => {
  it('asks both models at once, shows memory and every answer, and ends with a verdict and a page', async () => {
    const page = join(out, 'report.html');
    const ran = await runAsk(['--stress', '--rounds', '2', '--out', page], { env });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^2 at a time to each of fast-9b and coder-30b, 2 rounds, 8 requests\n/);
    expect(ran.stdout).toMatch(
      /time +ollama +llama\.cpp +free +swapouts\/s +pageouts\/s +pressure +running\n/,
    );
    expect(ran.stdout.match(/fast-9b: answered/g)).toHaveLength(4);
    expect(ran.stdout.match(/coder-30b: degraded → fast-1b \(no_room\)/g)).toHaveLength(4);
    expect(ran.stdout).toMatch(/4 of 8 answers came from a smaller model\.\n$/);
    expect(lines()).toHaveLength(8);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(/<svg.*4 of 8 answers|4 of 8 answers.*<svg/s);
    expect(html).not.toMatch(/<script|src=|href=/);
  });

  it('asks other tiers, and as JSON', async () => {
    const ran = await runAsk(['--stress', '--tiers', '1b', '--rounds', '1', '--json'], { env });
    const { requests, state, samples, summary } = JSON.parse(ran.stdout);
    expect([requests.length, state, summary.models[0].model]).toEqual([2, 'done', 'fast-1b']);
    expect(samples.length).toBeGreaterThan(0);
  });

  it('leaves memory to the runtime with --guard off', async () => {
    await runAsk(['--stress', '--guard', 'off', '--rounds', '1'], { env });
    const resident = toaster.fake.residency.list().map(({ name }) => name);
    expect(resident).toEqual(expect.arrayContaining(['qwen3.5:9b', 'qwen3-coder:30b']));
  });

  it('ends with Ctrl-C: nothing runs on, and what was measured is kept', async () => {
    toaster.fake.set({ name: 'llama3.2:1b', tokenMs: 200 });
    const page = join(out, 'cut.html');
    let pressed = false;
    const ran = await runAsk(['--stress', '--tiers', '1b', '--rounds', '50', '--out', page], {
      env,
      watch: (stdout, interrupt) => {
        if (pressed || !stdout.includes('answered')) return;
        pressed = true;
        interrupt();
      },
    });
    expect(ran.code).toBe(130);
    await until(() => toaster.fake.seen.every(({ over }) => over));
    expect(existsSync(page)).toBe(true);
    expect(readFileSync(page, 'utf8')).toMatch(/After \d+ of 100 requests: /);
    toaster.fake.set({ name: 'llama3.2:1b', tokenMs: 0 });
  });

  it.each([
    [['--stress', 'why?'], /questions of its own/],
    [['--stress', '--rounds', '0'], /--rounds 0 is not a whole number from 1 to 100/],
    [['--stress', '--guard', 'maybe'], /neither on nor off/],
    [['--stress', '--tiers', '9b,huge'], /no tier or model huge/],
    [['--rounds', '3', 'hi'], /--rounds goes with --stress/],
  ])('refuses %j', async (args, says) => {
    const ran = await runAsk(args, { env });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
});

const sample = (at: number, swapouts: number | null): StressSample => ({
  at,
  span: 2,
  available: 1e9,
  ollama: 2e9,
  llamacpp: null,
  swapouts,
  pageouts: null,
  pressure: 'normal',
  running: 1,
});
const result = (samples: StressSample[]): StressResult => ({
  options: { models: ['a'], rounds: 1, each: 1, guard: 'on' },
  ts: 0,
  seconds: 10,
  state: 'done',
  thrashFrom: 100,
  total: 1,
  samples,
  requests: [],
});

describe('the verdict', () => {
  it('counts the seconds over the limit, and knows when it cannot see', () => {
    expect(summarize(result([sample(2, 50), sample(4, 300), sample(6, 100)]))).toMatchObject({
      thrashing: 4,
      worst: 300,
    });
    expect(summarize(result([sample(2, null)]))).toMatchObject({ thrashing: null, worst: null });
    expect(summarize(result([])).verdict).toBe('nothing was measured.');
  });

  it('stands on a page where names are no markup, and which says when there was no run', () => {
    const page = stressPage({
      ...result([sample(2, 1)]),
      options: { models: ['<b>&"'], rounds: 1, each: 1, guard: 'off' },
    });
    expect(page).toContain('&lt;b&gt;&amp;&quot;');
    expect(page).not.toContain('<b>&');
    expect(stressPage(null)).toContain('ask --stress');
  });
});
