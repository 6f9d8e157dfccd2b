import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Status } from '../../proxy/contract.ts';
import { MemoryProbe } from '../../proxy/memory/probe.ts';
import { type EventClient, listen } from '../helpers/event-client.ts';
import { until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster();
});
afterEach(() => toaster.end());

/** The status that a client heard last. */
const lastOf = (client: EventClient) => client.of('status').at(-1)?.data as Status;
const stateOf = (status: unknown, name: string) =>
  (status as Status).models.find(({ model }) => model === name)?.state;

describe('/api/events', () => {
  it('begins with how to come back, the pressure, memory and the status', async () => {
    const client = await listen(toaster.url);
    await until(() => client.of('status').length > 0 && client.of('memory').length > 0);
    expect(client.text()).toMatch(/^retry: 1000\nid: [\w-]+-0\n\nevent: pressure\ndata: \{"level":"normal"/);
    expect(client.of('memory')[0]?.data).toMatchObject({ total: expect.any(Number) });
    expect(client.of('status')[0]?.data).toMatchObject({
      queue: 0,
      residents: [],
      models: expect.any(Array),
    });
    expect(client.of('request')).toEqual([]);
    await client.leave();
  });

  it('tells of each request as of its line in the log, and of what it does to memory', async () => {
    const client = await listen(toaster.url);
    toaster.fake.set({ name: 'llama3.2:3b', loadMs: 700, tokenMs: 100 });
    const first = toaster.chat('one two three four five', { model: 'fast-3b' });
    const told = (state: string) =>
      client.of('status').some(({ data }) => stateOf(data, 'fast-3b') === state);
    await until(() => told('loading'));
    await until(() =>
      client.of('status').some(({ data }) => (data as Status).residents[0]?.state === 'busy'),
    );
    await (await first).text();
    await until(() => client.of('request').length === 1);
    expect(client.of('request')[0]?.data).toEqual(toaster.log()[0]);
    await until(() => lastOf(client).residents[0]?.state === 'idle');
    await toaster.admin('PUT', '/api/models/fast-3b/pin', { pinned: true });
    await until(() => lastOf(client).residents[0]?.stays === 'pinned');
    await toaster.admin('POST', '/api/models/fast-3b/cool');
    await until(() => stateOf(lastOf(client), 'fast-3b') === 'cold');
    await client.leave();
  });

  it('a config that was reloaded is a change, too', async () => {
    const client = await listen(toaster.url);
    await until(() => client.of('status').length > 0);
    toaster.writeConfig('  extra: { weights: llama-3b }');
    await toaster.admin('POST', '/api/config/reload');
    await until(() => stateOf(lastOf(client), 'extra') === 'cold');
    await client.leave();
  });

  it('has memory looked at more often, but not for who is quiet about it', async () => {
    const watch = vi.spyOn(MemoryProbe.prototype, 'watch');
    const quiet = await listen(toaster.url, undefined, '?quiet=1');
    expect(watch).not.toHaveBeenCalled();
    const client = await listen(toaster.url);
    expect(watch).toHaveBeenCalledOnce();
    await Promise.all([quiet.leave(), client.leave()]);
  });

  it('who comes back hears what it missed, once', async () => {
    const client = await listen(toaster.url);
    await toaster.chat('one');
    await until(() => client.of('request').length === 1);
    await client.leave();
    await toaster.chat('two', { model: 'fast-3b' });
    await toaster.chat('three', { model: 'fast-1b' });
    const back = await listen(toaster.url, client.lastId() ?? '');
    await until(() => back.of('request').length === 2);
    expect(back.of('request').map(({ data }) => data)).toMatchObject([
      { model: 'fast-3b' },
      { model: 'fast-1b' },
    ]);
    expect(back.of('reset')).toEqual([]);
    await back.leave();
    const again = await listen(toaster.url, back.lastId() ?? '');
    await until(() => again.of('status').length > 0);
    expect(again.of('request')).toEqual([]);
    expect(again.lastId()).toBe(back.lastId());
    await again.leave();
  });

  it('who has been away before it began is told to begin anew, once', async () => {
    const client = await listen(toaster.url, 'of-another-run-7');
    expect(client.heard[0]).toMatchObject({ event: 'reset', data: {} });
    await client.leave();
    const again = await listen(toaster.url, client.lastId() ?? '');
    expect(again.of('reset')).toEqual([]);
    await again.leave();
  });

  it('ends when the proxy does, which waits for nobody who only listens', async () => {
    const client = await listen(toaster.url);
    const began = performance.now();
    await toaster.close(60_000);
    await client.ended;
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
