import { describe, expect, it } from 'vitest';
import { failureOf, link, startBox } from './kit.ts';

/** What each sort of server tells of its memory; the shapes are from their documents. */

const names = async ({ runtime }: Awaited<ReturnType<typeof startBox>>) =>
  (await runtime.residents()).map(({ key, loading, fixed }) => [key, loading, fixed ?? false]);

describe('what is in memory', () => {
  it('llama-swap says by /running', async () => {
    const running = [
      { model: 'a', state: 'ready' },
      { model: 'b', state: 'starting' },
    ];
    const box = await startBox({ models: ['a', 'b', 'c'], gets: { '/running': { running } } });
    expect(await names(box)).toEqual([
      ['a', false, false],
      ['b', true, false],
    ]);
  });

  it('LM Studio says by its own API, and lets nobody tell it to let go', async () => {
    const data = [
      { id: 'a', state: 'loaded' },
      { id: 'b', state: 'not-loaded' },
    ];
    const box = await startBox({ models: ['a', 'b'], gets: { '/api/v0/models': { object: 'list', data } } });
    expect(await names(box)).toEqual([['a', false, true]]);
    expect(await failureOf(box.runtime.unload('a'))).toMatchObject({ reason: 'no_room' });
  });

  it('a llama-server that holds several in turn says in its list, and unloads', async () => {
    const models = ['loaded', 'loading', 'unloaded'].map((value) => ({ id: value, status: { value } }));
    const unloaded: string[] = [];
    const box = await startBox({
      models,
      posts: { '/models/unload': () => unloaded.push(String(models.shift()?.id)) },
    });
    expect(await names(box)).toEqual([
      ['loaded', false, false],
      ['loading', true, false],
    ]);
    await box.runtime.unload('loaded');
    expect(unloaded).toEqual(['loaded']);
    expect(box.fake.asked.at(-2)).toMatchObject({ path: '/models/unload', body: { model: 'loaded' } });
  });

  it('of vLLM is whatever it lists, by the name by which it is asked', async () => {
    const box = await startBox({ models: [{ id: 'a', owned_by: 'vllm', aliases: ['m-1'] }] });
    expect(await names(box)).toEqual([['a', false, true]]);
    await box.ask('hi');
    expect(await names(box)).toEqual([['m-1', false, true]]);
  });

  it('of a server that does not say is what answered lately, for its keep_alive', async () => {
    const box = await startBox({ models: ['m-1', 'm-2'] });
    expect(await names(box)).toEqual([]);
    await box.ask('hi');
    await box.ask('hi', {}, link({ keepAliveS: 0 }, 'm-2'));
    expect(await names(box)).toEqual([['m-1', false, true]]);
  });

  it('of a server elsewhere is not for this machine to know', async () => {
    const box = await startBox({ models: [{ id: 'a', owned_by: 'vllm' }], config: { local: false } });
    expect(await names(box)).toEqual([]);
    expect(box.fake.asked).toEqual([]);
  });

  it('is unknown when nobody answers', async () => {
    const box = await startBox();
    await box.fake.close();
    expect(await failureOf(box.runtime.residents())).toMatchObject({ reason: 'connection' });
  });
});
