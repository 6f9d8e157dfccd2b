import { afterEach, describe, expect, it } from 'vitest';
import { Concurrency, mostAtOnce } from '../../proxy/council/concurrency.ts';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
afterEach(() => toaster?.end());

const atOnce = (): unknown[] =>
  toaster.log().map((line) => (line.council as { at_once: number } | undefined)?.at_once);

/** Members on llama.cpp whose answers go on until the limit, and a chairman who is quickly done. */
const EMBEDDED = `  council: { members: [{ model: tiny }, { model: tiny }], chairman: fast-1b }`;

describe('members', () => {
  it('answer at once on two sequences of the embedded engine, as is seen', async () => {
    toaster = await startToaster({ models: EMBEDDED });
    await jsonOf(await toaster.chat('toast', { model: 'tiny' }));
    const answer = await toaster.chat('count', { model: 'council', max_tokens: 400 });
    expect(answer.headers.get('x-council')).toBe('members=2/2; at-once=2; synthesis=yes');
  });

  it('answer one after the other on a runtime that was seen to do so', async () => {
    // The embedded engine with a single sequence is one that queues without a word.
    toaster = await startToaster({
      models: `  one: { weights: qwen-one }\n${EMBEDDED.replaceAll('model: tiny', 'model: one')}`,
    });
    for (let i = 0; i < 2; i += 1)
      await jsonOf(await toaster.chat('count', { model: 'council', max_tokens: 30 }));
    expect(atOnce()).toEqual([1, 1]);
  });

  it('with weights that fit together answer at once, and others one after the other without evicting the chairman', async () => {
    const run = async (budget: number): Promise<string[]> => {
      toaster = await startToaster({
        models:
          '  council: { members: [{ model: fast-4b }, { model: fast-3b }, { model: fast-4b }], chairman: fast-1b }',
        further: `memory: { budget_gb: ${budget}, reserve_gb: 0, system_gb: 0 }`,
      });
      for (const name of ['gemma3:4b', 'llama3.2:3b'])
        toaster.fake.set({ name, tokenMs: 20, reply: 'a b c d e f g h' });
      await jsonOf(await toaster.chat('x', { model: 'fast-1b' }));
      const before = toaster.fake.seen.length;
      const response = await toaster.chat('x', { model: 'council' });
      expect(response.status).toBe(200);
      const loads = toaster.fake.seen
        .slice(before)
        .filter(({ path, body }) => path === '/api/generate' && body.keep_alive !== 0)
        .map(({ body }) => body.model ?? '');
      const most = response.headers.get('x-council');
      await toaster.end();
      return [String(most?.includes('at-once=3')), ...loads.sort()];
    };
    expect(await run(20)).toEqual(['true', 'gemma3:4b', 'llama3.2:3b']);
    // 4B and 1B fit, 3B and 1B fit, all three do not.
    expect(await run(5.6)).toEqual(['false', 'gemma3:4b', 'llama3.2:3b']);
  });
});

describe('what was seen', () => {
  it('is believed for an hour', () => {
    let now = 0;
    const concurrency = new Concurrency(() => now);
    expect(concurrency.of('w')).toBeNull();
    concurrency.saw('w', false);
    expect(concurrency.of('w')).toBe(false);
    now = 3_600_001;
    expect(concurrency.of('w')).toBeNull();
  });

  it('is the most that were written at the same moment', () => {
    const span = (from: number, to: number) => ({ from, to });
    expect(mostAtOnce([])).toBe(0);
    expect(mostAtOnce([span(0, 1), span(1, 2)])).toBe(1);
    expect(mostAtOnce([span(0, 5), span(1, 2), span(3, 4)])).toBe(2);
  });
});
