import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RuntimeEvent, Task } from '../../../proxy/chat/types.ts';
import { forkChild } from '../../../proxy/runtimes/llamacpp/child-process.ts';
import { Llamacpp } from '../../../proxy/runtimes/llamacpp/runtime.ts';
import { realTiny } from '../../helpers/real-models.ts';
import { chatRequest, collect, never, textOf, until } from '../../helpers/requests.ts';
import { writeTinyGguf } from '../../tiny-gguf/write-tiny-gguf.ts';
import { CONTEXT, finishOf, link, startRuntime } from './kit.ts';

const { runtime, folder } = startRuntime();
writeTinyGguf(join(folder, 'vectors.gguf'), { pooling: true });
const onVectors = link({
  weights: { id: 'v', file: 'vectors.gguf', size_gb: 0.001, context: CONTEXT, parallel: 2 },
});
const requestOf = (task: Task, fields = {}) => chatRequest('', { messages: [], task, ...fields });
const vectorsOf = (events: RuntimeEvent[]) =>
  events.flatMap((event) => (event.type === 'delta' ? (event.embeddings ?? []) : []));
const embed = (input: string[], dimensions?: number) =>
  collect(
    runtime.complete(onVectors)(
      requestOf({ kind: 'embed', input, ...(dimensions && { dimensions }) }),
      never(),
    ),
  );

describe('vectors of a GGUF', () => {
  it('are the mean of what the text’s tokens are, each text for itself', async () => {
    const events = await embed(['toast', 'count', 'toast']);
    const [toast, count, again] = vectorsOf(events);
    // Of two tokens, what begins each text and its word: half of it is the same for all.
    expect(toast?.filter((value) => Math.abs(value) > 1e-6).map((value) => value.toFixed(4))).toEqual([
      '0.7071',
      '0.7071',
    ]);
    expect(again).toEqual(toast);
    expect(toast?.reduce((sum, value, i) => sum + value * (count?.[i] ?? 0), 0)).toBeCloseTo(0.5, 4);
    expect(finishOf(events)).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 6, completionTokens: 0 },
    });
    expect(finishOf(events)?.loadS).toBeGreaterThan(0);
  });

  it('cut are of length 1 again', async () => {
    const [cut = []] = vectorsOf(await embed(['toast'], 2));
    expect(cut).toHaveLength(2);
    expect(Math.hypot(...cut)).toBeCloseTo(1, 6);
  });

  it('are made of a text that just fits, whole, and of none that is longer', async () => {
    const words = (count: number): string => Array(count).fill('toast').join(' ');
    const fits = await embed([words(CONTEXT - 2)]);
    expect(finishOf(fits)?.usage.promptTokens).toBe(CONTEXT - 1);
    // Were it made in pieces, it would be the mean of the last one, without the beginning.
    const [vector = []] = vectorsOf(fits);
    expect(Math.min(...vector.filter((value) => value > 1e-6))).toBeCloseTo(1 / (CONTEXT - 2), 4);
    await expect(embed(['a', words(CONTEXT - 1)])).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'input.1',
    });
  });

  it('stop being made when the client goes away, and the next one gets its own', async () => {
    const gone = new AbortController();
    const seen: RuntimeEvent[] = [];
    const run = async () => {
      const request = requestOf({ kind: 'embed', input: Array(2000).fill('count') });
      for await (const event of runtime.complete(onVectors)(request, gone.signal)) {
        seen.push(event);
        if (event.type === 'delta') gone.abort();
      }
    };
    await expect(run()).rejects.toThrow();
    expect(vectorsOf(seen)).toHaveLength(1);
    expect(vectorsOf(await embed(['toast']))).toHaveLength(1);
  });

  it('are a failed link when the process dies, and the next request starts a new one', async () => {
    await embed(['toast']);
    const [pid = 0] = runtime.pids();
    const dying = embed(Array(2000).fill('count'));
    await until(() => runtime.pids().length === 1);
    process.kill(pid, 'SIGKILL');
    await expect(dying).rejects.toMatchObject({ name: 'LinkFailure', reason: 'crash' });
    expect(vectorsOf(await embed(['toast']))).toHaveLength(1);
  });
});

describe('a text on a GGUF', () => {
  const complete = (prompt: string, fields = {}) =>
    collect(runtime.complete(link())(requestOf({ kind: 'complete', prompt }, fields), never()));

  it('goes on with its model’s marks where the prompt has them, and counts what it reads', async () => {
    const plain = await complete('count', { maxTokens: 3 });
    expect(textOf(plain).trim()).toBe('one two three');
    expect(finishOf(plain)).toMatchObject({
      reason: 'length',
      usage: { promptTokens: 2, completionTokens: 3 },
    });
    // What begins every text may stand there already.
    const begun = await complete('<s>count', { maxTokens: 3 });
    expect(finishOf(begun)?.usage.promptTokens).toBe(2);
  });

  it('stops when the client goes away', async () => {
    const gone = new AbortController();
    const run = async () => {
      const request = requestOf({ kind: 'complete', prompt: 'count' });
      for await (const event of runtime.complete(link())(request, gone.signal))
        if (event.type === 'delta') gone.abort();
    };
    await expect(run()).rejects.toThrow();
    expect(textOf(await complete('toast')).trim()).toBe('Bread, made warm and brown.');
  });

  it('is the same for the same seed, and not for another', async () => {
    const toss = async (seed: number) =>
      textOf(await complete('coin', { sampling: { seed, temperature: 1 }, maxTokens: 30 }));
    expect(await toss(7)).toBe(await toss(7));
    expect(await toss(7)).not.toBe(await toss(8));
  });
});

describe('the real 0.5B', { timeout: 60_000 }, () => {
  it('fills in the middle, and goes on with code', async (context) => {
    const file = realTiny();
    if (file === null) return context.skip('the 0.5B is not here; npm start fetches it');
    const real = new Llamacpp(folder, null, forkChild);
    const at = link({ weights: { id: 'real', file, size_gb: 0.5, context: 1024, parallel: 1 } });
    const say = async (task: Task) =>
      textOf(
        await collect(
          real.complete(at)(requestOf(task, { sampling: { temperature: 0 }, maxTokens: 12 }), never()),
        ),
      );
    try {
      const [prompt, suffix] = ['function double(x) {\n  return ', ';\n}\n'];
      const middle = await say({ kind: 'complete', prompt, suffix });
      expect(middle).toMatch(/^x \* 2/);
      // As editors do it that put in the marks themselves.
      const marked = `<|fim_prefix|>${prompt}<|fim_suffix|>${suffix}<|fim_middle|>`;
      expect(await say({ kind: 'complete', prompt: marked })).toBe(middle);
      const first = await say({ kind: 'complete', prompt: '', suffix: '\nprint(math.pi)\n' });
      expect(first).toMatch(/^(import|from) math/);
    } finally {
      await real.close();
    }
  });
});
