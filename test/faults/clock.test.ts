import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { chat, startProgram, yamlOn } from '../helpers/program.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { FAKE_MODELS, startToaster, type TestToaster } from '../helpers/toaster.ts';

/** Time that does not go its way; that patience ends no answer after an hour of sleep is in test/patience.test.ts, too. */

const MODEL = 'qwen3.5:9b';
const HOUR_MS = 3_600_000;
const CACHED = { 'x-cache': 'use' };

describe('a process that is stopped for longer than any of its limits, and goes on', () => {
  it('keeps the answer under way and the one in line, and blames no runtime', async () => {
    const fake = await FakeOllama.start({ models: FAKE_MODELS.map((model) => ({ ...model, tokenMs: 20 })) });
    const models = '  fast-9b: { fallback: [], timeouts: { first_token: 1s, idle: 1s, load: 1s } }';
    const yaml = yamlOn(fake.url, models, 'queue: { wait: 1s }').replace(
      'weights: {',
      'weights: { qwen-9b: { parallel: 1 },',
    );
    const program = startProgram({ yaml });
    const url = await program.listening();
    const text = 'word '.repeat(60).trim();
    expect((await chat(url, 'warm')).status).toBe(200);
    const first = chat(url, text, { stream: true });
    await (await first).body?.getReader().read();
    const second = chat(url, 'second');
    await until(async () => (await jsonOf(await fetch(`${url}/api/status`))).queue === 1);
    program.child.kill('SIGSTOP');
    // Longer than everything above, and than what is not yet called a standstill.
    await sleep(2500);
    program.child.kill('SIGCONT');
    expect((await jsonOf(await second)).choices[0].message.content).toBe('echo: second');
    await until(() => program.log().length === 3);
    expect(program.log().map(({ exit_code, finish }) => [exit_code, finish])).toEqual(
      Array(3).fill([0, 'stop']),
    );
    await fake.close();
  });
});

describe('a clock that jumps', () => {
  let toaster: TestToaster;
  afterEach(async () => {
    vi.useRealTimers();
    await toaster.end();
  });
  const jump = (ms: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  };

  it.each([
    ['back by a day', -24 * HOUR_MS],
    ['forward by a day', 24 * HOUR_MS],
  ])('%s neither ends an answer nor spoils what is said of it', async (_way, by) => {
    toaster = await startToaster();
    const warmed = await jsonOf(await toaster.chat('warm', {}, CACHED));
    toaster.fake.set({ name: MODEL, tokenMs: 10 });
    const response = await toaster.chat('word '.repeat(30).trim(), { stream: true });
    jump(by);
    expect(await response.text()).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
    const again = await toaster.chat('warm', {}, CACHED);
    expect([again.headers.get('x-cache'), (await jsonOf(again)).choices]).toEqual(['hit', warmed.choices]);
    const lines = toaster.log();
    expect(lines).toHaveLength(3);
    for (const { latency_s, exit_code } of lines) {
      expect(exit_code).toBe(0);
      expect(Number(latency_s)).toBeGreaterThanOrEqual(0);
      expect(Number(latency_s)).toBeLessThan(60);
    }
    // What is looked at meanwhile is of now, and nothing waits for the clock to come back.
    const status = await jsonOf(await fetch(`${toaster.url}/api/status`));
    expect(status.residents).toMatchObject([{ weights: 'qwen-9b', state: 'idle' }]);
    expect((await toaster.chat('after', { model: 'fast-3b' })).headers.get('x-served-by')).toBe('fast-3b');
    expect(toaster.warnings).toEqual([]);
  });

  it('forward by more than the cache keeps answers is a miss, and one that is kept', async () => {
    toaster = await startToaster();
    const cacheOf = async (): Promise<string | null> =>
      (await toaster.chat('kept', {}, CACHED)).headers.get('x-cache');
    expect([await cacheOf(), await cacheOf()]).toEqual(['miss', 'hit']);
    jump(31 * 24 * HOUR_MS);
    expect([await cacheOf(), await cacheOf()]).toEqual(['miss', 'hit']);
  });
});
