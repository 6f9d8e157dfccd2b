import { afterEach, describe, expect, it } from 'vitest';
import { Concurrency, mostAtOnce } from '../../proxy/council/concurrency.ts';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { WatchedEngine } from './watched-engine.ts';

let toaster: TestToaster;
afterEach(() => toaster?.end());

/** Members on llama.cpp, whose answers go on until the limit. */
const EMBEDDED = `  council: { members: [{ model: tiny }, { model: tiny }], chairman: fast-1b }`;
const COUNT = { model: 'council', max_tokens: 50 };

describe('members', () => {
  it('answer at once on two sequences of the embedded engine, as is seen', async () => {
    const engine = new WatchedEngine();
    toaster = await startToaster({ models: EMBEDDED, startChild: engine.start });
    engine.together = 2;
    const answer = await toaster.chat('count', COUNT);
    expect(engine.look()).toBe('asked asked begins begins ends ends');
    expect(answer.headers.get('x-council')).toBe('members=2/2; at-once=2; synthesis=yes');
  });

  it('answer one after the other on an engine with one, which never has two of them', async () => {
    const engine = new WatchedEngine();
    toaster = await startToaster({
      models: `  one: { weights: qwen-one }\n${EMBEDDED.replaceAll('model: tiny', 'model: one')}`,
      startChild: engine.start,
    });
    await jsonOf(await toaster.chat('toast', { model: 'one' }));
    engine.look();
    for (let i = 0; i < 2; i += 1) {
      await jsonOf(await toaster.chat('count', COUNT));
      expect(engine.look()).toBe('asked begins ends asked begins ends');
    }
    const councils = toaster.log().flatMap((line) => line.council ?? []);
    expect(councils).toMatchObject([{ at_once: 1 }, { at_once: 1 }]);
  });

  it('do not evict the chairman, also where not all fit together', async () => {
    const run = async (budget: number): Promise<string[]> => {
      toaster = await startToaster({
        models:
          '  council: { members: [{ model: fast-4b }, { model: fast-3b }, { model: fast-4b }], chairman: fast-1b }',
        further: `memory: { budget_gb: ${budget}, reserve_gb: 0, system_gb: 0 }`,
      });
      await jsonOf(await toaster.chat('x', { model: 'fast-1b' }));
      const before = toaster.fake.seen.length;
      const response = await toaster.chat('x', { model: 'council' });
      expect(response.status).toBe(200);
      const loads = toaster.fake.seen
        .slice(before)
        .filter(({ path, body }) => path === '/api/generate' && body.keep_alive !== 0)
        .map(({ body }) => body.model ?? '');
      await toaster.end();
      return loads.sort();
    };
    expect(await run(20)).toEqual(['gemma3:4b', 'llama3.2:3b']);
    // 4B and 1B fit, 3B and 1B fit, all three do not.
    expect(await run(5.6)).toEqual(['gemma3:4b', 'llama3.2:3b']);
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
