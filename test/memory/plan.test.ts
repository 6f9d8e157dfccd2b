import { describe, expect, it } from 'vitest';
import {
  allTheRoom,
  type Held,
  planRoom,
  type RoomSettings,
  type Situation,
} from '../../proxy/memory/plan.ts';

const GB = 1e9;
/** A 24 GB machine of which models may have what is free less 2, or, alone, all but 4. */
const settings = { reserve: 2 * GB, budget: null, system: 4 * GB };
const held = (id: string, gb: number, more: Partial<Held> = {}): Held => ({
  id,
  bytes: gb * GB,
  busy: 0,
  pinned: false,
  reserved: false,
  lastUsed: 0,
  ...more,
});
const with_ = (availableGb: number | null, ...holding: Held[]): Situation => ({
  total: 24 * GB,
  available: availableGb === null ? null : availableGb * GB,
  pressure: 'normal',
  held: holding,
});
const plan = (gb: number, situation: Situation, more: Partial<RoomSettings> = {}) =>
  planRoom(gb * GB, situation, { ...settings, ...more });
const load = (evict: string[] = [], drain: string[] = [], tight = false) =>
  expect.objectContaining({ kind: 'load', evict, drain, tight });

describe('room', () => {
  it('is waited for by the larger, and tells when the smaller would wait for the larger', () => {
    const busy = (gb: number) => with_(1, held('a', gb, { busy: 1 }));
    expect(plan(2, busy(6))).toMatchObject({ drain: ['a'], drainsLarger: true });
    expect(plan(6, busy(2))).toMatchObject({ drain: ['a'], drainsLarger: false });
  });

  it('is there', () => {
    expect(plan(6.6, with_(11))).toEqual(load());
    expect(plan(6.6, with_(null))).toEqual(load());
  });

  it('is made: idle ones go, least recently used first, and no more than must', () => {
    const three = [
      held('a', 2, { lastUsed: 3 }),
      held('b', 2, { lastUsed: 1 }),
      held('c', 2, { lastUsed: 2 }),
    ];
    expect(plan(4, with_(4, ...three))).toEqual(load(['b']));
    expect(plan(6, with_(4, ...three))).toEqual(load(['b', 'c']));
  });

  it('is made by one large one where small ones may stay', () => {
    expect(plan(6, with_(3, held('small', 1, { lastUsed: 1 }), held('large', 9, { lastUsed: 2 })))).toEqual(
      load(['large']),
    );
  });

  it('is made of pinned ones only after the others', () => {
    const pair = [held('pinned', 5, { pinned: true, lastUsed: 1 }), held('other', 5, { lastUsed: 2 })];
    expect(plan(5, with_(3, ...pair))).toEqual(load(['other']));
    expect(plan(9, with_(3, ...pair))).toEqual(load(['other', 'pinned']));
  });

  it('is waited for where only those that are answering could make it', () => {
    expect(plan(6, with_(3, held('busy', 9, { busy: 1 })))).toEqual(load([], ['busy']));
    expect(plan(5, with_(3, held('busy', 9, { busy: 1 }), held('idle', 5)))).toEqual(load(['idle']));
  });

  it('is tight for the 30B on a 24 GB machine: everything else goes, it loads alone', () => {
    expect(plan(18.6, with_(4.4, held('qwen-9b', 6.6, { pinned: true })))).toEqual(
      load(['qwen-9b'], [], true),
    );
  });

  it('is not there: larger than the machine, over the budget, or in the middle of trouble', () => {
    expect(plan(21, with_(20))).toMatchObject({ kind: 'no_room', free: 20 * GB });
    expect(plan(6.6, with_(20), { budget: 5 * GB })).toMatchObject({ kind: 'no_room', free: 5 * GB });
    expect(plan(6.6, { ...with_(11), pressure: 'critical' })).toMatchObject({
      kind: 'no_room',
      why: 'memory pressure is critical',
    });
  });

  it('never exceeds the budget, however much is free', () => {
    expect(plan(3, with_(20, held('a', 3)), { budget: 5 * GB })).toEqual(load(['a']));
    expect(plan(2, with_(20, held('a', 3)), { budget: 5 * GB })).toEqual(load());
  });
});

it('reserves for a council: its chairman leaves after those that are pinned, and before who is answering', () => {
  const situation = with_(
    2,
    held('chairman', 6, { reserved: true }),
    held('pinned', 6, { pinned: true, lastUsed: 5 }),
    held('busy', 6, { busy: 1 }),
  );
  expect(plan(6, situation)).toEqual(load(['pinned']));
  expect(plan(12, situation)).toEqual(load(['pinned', 'chairman']));
});

it('room is not made by one that cannot leave: others go, and where that does not do, it is loaded tight or not at all', () => {
  const stays = held('stays', 6, { fixed: true });
  expect(plan(6, with_(4, stays, held('goes', 6, { lastUsed: 9 })))).toEqual(load(['goes']));
  expect(plan(6, with_(4, stays))).toEqual(load([], [], true));
  expect(plan(4, with_(20, stays), { budget: 9 * GB })).toMatchObject({
    kind: 'no_room',
    free: 3 * GB,
    why: 'what cannot be unloaded takes of the budget for models',
  });
  expect(allTheRoom(6 * GB, [stays, held('goes', 1)])).toEqual(load(['goes'], [], true));
});
