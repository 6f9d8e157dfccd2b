import { expect, it } from 'vitest';
import { Footprints } from '../../proxy/memory/footprints.ts';
import { Ledger } from '../../proxy/memory/ledger.ts';
import { MemoryProbe } from '../../proxy/memory/probe.ts';
import { NO_COUNTERS } from '../../proxy/memory/reading.ts';
import { Room } from '../../proxy/memory/room.ts';
import type { Link, Resident, Runtime } from '../../proxy/runtimes/types.ts';
import { collect, never, until } from '../helpers/requests.ts';

function link(id: string): Link {
  return {
    model: id,
    runtime: 'r',
    weights: { id, name: id, size_gb: 6, context: 256, parallel: 1 },
    settings: { on_tight: 'load', on_no_room: 'demote' },
    keepAliveS: 900,
    timeouts: { connect: 1, firstToken: 9, load: 9, idle: 9 },
  };
}

/**
 * A machine with room for one of two, `old` being in it; what happens to them, in order. `stays`: it ignores unloads;
 * `measuring`: how long it takes to look at the machine after a load.
 */
function machine({ stays = false, measuring = Promise.resolve() } = {}) {
  const happened: string[] = [];
  const left = (): boolean => !stays && happened.includes('unload old');
  const resident: Resident = {
    key: 'old',
    size: 6e9,
    context: 256,
    expiresAt: null,
    process: null,
    loading: false,
  };
  const runtime: Runtime = {
    complete: () => async function* () {},
    digest: async () => null,
    residents: async () => (left() ? [] : [resident]),
    load: async ({ model }) => void happened.push(`load ${model}`),
    unload: async (key) => void happened.push(`unload ${key}`),
    close: async () => undefined,
  };
  const read = async () => ({
    total: 24e9,
    available: left() ? 10e9 : 4e9,
    swapUsed: 0,
    kernelLevel: null,
    stalled: null,
    counters: NO_COUNTERS,
  });
  const warn = (message: string): never => expect.fail(message);
  const processes = async (): Promise<[]> => {
    if (happened.includes('load new')) await measuring;
    return [];
  };
  const probe = new MemoryProbe({ read, processes, wall: () => Date.now() / 1000, warn });
  const ledger = new Ledger(() => performance.now());
  const known = ['old', 'new'].map((id) => ({
    weights: link(id).weights,
    runtime: 'r',
    models: [id],
    link: link(id),
  }));
  ledger.follow(new Map([['r', runtime]]), known);
  const settings = () => ({ reserve: 0, budget: null, system: 0 });
  const footprints = new Footprints({}, () => undefined);
  const room = new Room({
    ledger,
    probe,
    footprints,
    settings,
    pinned: () => new Set(),
    warn,
    now: () => performance.now(),
  });
  room.answered(link('old'));
  return { room, ledger, happened, close: () => probe.close() };
}

it('who is to leave takes nothing new, and whoever slipped in is waited for', async () => {
  const { room, ledger, happened, close } = machine();
  expect(room.isWarm(link('old').weights)).toBe(true);
  const making = room.make(link('new'), { force: false, background: false, giveUp: never() }, [], never());
  expect((await making.next()).value).toEqual({ type: 'load', state: 'loading' });
  expect(room.isWarm(link('old').weights)).toBe(false);
  // As if it had been sent on a moment before.
  ledger.enter('old');
  expect(room.isWarm(link('old').weights)).toBe(false);
  const rest = Array.fromAsync(making);
  await until(() => ledger.busy('old') === 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(happened).toEqual([]);
  ledger.leave('old');
  expect(await rest).toEqual([{ type: 'load', state: 'loaded' }]);
  expect(happened).toEqual(['unload old', 'load new']);
  close();
});

it('who ignores it is told twice, and then the request hears whose memory it needs', async () => {
  const { room, happened, close } = machine({ stays: true });
  const how = { force: false, background: false, giveUp: never() };
  await expect(collect(room.make(link('new'), how, [], never()))).rejects.toThrow(
    'new needs the memory of old, which did not leave it when it was told to',
  );
  expect(happened).toEqual(['unload old', 'unload old']);
  close();
});

it('who ignores it does not stop a person who insists', async () => {
  const { room, happened, close } = machine({ stays: true });
  await collect(room.make(link('new'), { force: true, background: false, giveUp: never() }, [], never()));
  expect(happened).toEqual(['unload old', 'unload old', 'load new']);
  close();
});

it('who wants the same weights begins when they are there, and does not wait until they are measured', async () => {
  const measuring = Promise.withResolvers<void>();
  const { room, happened, close } = machine({ measuring: measuring.promise });
  const make = () =>
    room.make(link('new'), { force: false, background: false, giveUp: never() }, [], never());
  const [first, second] = await Promise.all([collect(make()), collect(make())]);
  expect([first.length, second]).toEqual([2, []]);
  expect(happened).toEqual(['unload old', 'load new']);
  measuring.resolve();
  close();
});
