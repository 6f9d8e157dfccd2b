import { describe, expect, it } from 'vitest';
import { RequestFeed } from '../../proxy/events/request-feed.ts';
import { StatusFeed } from '../../proxy/events/status-feed.ts';
import { Listeners } from '../../proxy/listeners.ts';
import { until } from '../helpers/requests.ts';
import { aLine } from '../telemetry/helpers.ts';

describe('the requests', () => {
  const push = (feed: RequestFeed, count: number): void => {
    for (let n = 0; n < count; n++) feed.push(aLine());
  };

  it('what came after a line is known for 500 lines', () => {
    const feed = new RequestFeed();
    const nothing = feed.newest;
    expect(feed.since(nothing)).toEqual([]);
    push(feed, 3);
    const third = feed.newest;
    push(feed, 2);
    expect(feed.since(third)?.map(({ id }) => id.split('-').at(-1))).toEqual(['4', '5']);
    expect(feed.since(nothing)).toHaveLength(5);
    push(feed, 498);
    expect(feed.since(third)).toHaveLength(500);
    expect(feed.since(nothing)).toBeNull();
    push(feed, 1);
    expect(feed.since(third)).toBeNull();
    push(feed, 3000);
    expect(feed.since(feed.newest)).toEqual([]);
  });

  it('no other run is known, nor what has not happened', () => {
    const [feed, other] = [new RequestFeed(), new RequestFeed()];
    push(feed, 2);
    push(other, 1);
    for (const id of [
      other.newest,
      feed.newest.replace(/\d+$/, '3'),
      '',
      '-1',
      'nonsense',
      `${feed.newest}x`,
    ])
      expect(feed.since(id), id).toBeNull();
  });
});

describe('the status', () => {
  function aFeed() {
    const changed = new Listeners();
    const sampled = new Listeners();
    const told: string[] = [];
    const state = { reads: 0, free: 1, broken: false };
    const warnings: string[] = [];
    const feed = new StatusFeed({
      memory: { ledger: { changed }, probe: { listen: (heard) => sampled.add(heard) } },
      async read() {
        state.reads += 1;
        if (state.broken) throw new Error('no luck');
        return { free: state.free };
      },
      warn: (message) => warnings.push(message),
    });
    return {
      feed,
      changed,
      sampled,
      told,
      state,
      warnings,
      listen: () => feed.listen((status) => told.push(status)),
    };
  }

  it('is read once for all, told at once to who comes later, and not read for nobody', async () => {
    const { changed, told, state, listen } = aFeed();
    changed.tell();
    const stops = [listen(), listen()];
    await until(() => told.length === 2);
    stops.push(listen());
    expect(told).toEqual(Array(3).fill('{"free":1}'));
    expect(state.reads).toBe(1);
    for (const stop of stops) stop();
    expect([changed.size, state.reads]).toEqual([0, 1]);
  });

  it('many changes are one, and what did not change is not told', async () => {
    const { changed, sampled, told, state, listen } = aFeed();
    const stop = listen();
    await until(() => told.length === 1);
    state.free = 2;
    for (let n = 0; n < 100; n++) changed.tell();
    await until(() => told.length === 2);
    expect(state.reads).toBe(2);
    sampled.tell();
    await until(() => state.reads === 3);
    state.free = 3;
    sampled.tell();
    await until(() => told.length === 3);
    expect(told.at(-1)).toBe('{"free":3}');
    stop();
  });

  it('goes on after it could not be read', async () => {
    const { sampled, told, state, warnings, listen } = aFeed();
    state.broken = true;
    const stop = listen();
    await until(() => warnings.length === 1);
    expect(warnings).toEqual(['the status could not be told (no luck)']);
    state.broken = false;
    sampled.tell();
    await until(() => told.length === 1);
    stop();
  });

  it('is told anew to who comes after all have gone', async () => {
    const { told, state, listen } = aFeed();
    const stop = listen();
    await until(() => told.length === 1);
    stop();
    state.free = 2;
    const again = listen();
    await until(() => told.length === 2);
    expect(told).toEqual(['{"free":1}', '{"free":2}']);
    again();
  });
});
