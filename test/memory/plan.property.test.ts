import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Held,
  type LoadPlan,
  planRoom,
  type RoomSettings,
  type Situation,
} from '../../proxy/memory/plan.ts';

const bytes = fc.nat(40);
const held = fc
  .array(
    fc.record({
      bytes,
      busy: fc.nat(2),
      pinned: fc.boolean(),
      reserved: fc.boolean(),
      lastUsed: fc.nat(5),
    }),
    { maxLength: 6 },
  )
  .map((all): Held[] => all.map((one, i) => ({ ...one, id: `m${i}` })));
const situation: fc.Arbitrary<Situation> = fc.record({
  total: fc.nat(120),
  available: fc.option(fc.nat(100)),
  pressure: fc.constantFrom('normal', 'warn', 'critical'),
  held,
});
const settings: fc.Arbitrary<RoomSettings> = fc.record({
  reserve: fc.nat(20),
  budget: fc.option(fc.nat(100)),
  system: fc.nat(20),
});

/** What would be free and within the budget, with these gone. */
function roomWithout(
  gone: readonly string[],
  { held, available }: Situation,
  { reserve, budget }: RoomSettings,
) {
  const sum = (some: Held[]): number => some.reduce((all, one) => all + one.bytes, 0);
  const given = sum(held.filter(({ id }) => gone.includes(id)));
  const free = available === null ? Number.POSITIVE_INFINITY : available - reserve + given;
  return Math.min(free, budget === null ? Number.POSITIVE_INFINITY : budget - sum(held) + given);
}

const goneIn = ({ evict, drain }: LoadPlan): string[] => [...evict, ...drain];

describe('a plan for room', () => {
  it('evicts nothing that answers, waits for nothing that is idle, and names nobody twice', () => {
    fc.assert(
      fc.property(bytes, situation, settings, (needed, at, limits) => {
        const plan = planRoom(needed, at, limits);
        if (plan.kind === 'no_room') return;
        const busy = new Set(at.held.filter((one) => one.busy > 0).map(({ id }) => id));
        expect(plan.evict.filter((id) => busy.has(id))).toEqual([]);
        expect(plan.drain.filter((id) => !busy.has(id))).toEqual([]);
        expect(new Set(goneIn(plan)).size).toBe(goneIn(plan).length);
      }),
    );
  });

  it('makes the room, and when it cannot everything goes', () => {
    fc.assert(
      fc.property(bytes, situation, settings, (needed, at, limits) => {
        const plan = planRoom(needed, at, limits);
        const all = at.held.map(({ id }) => id);
        if (plan.kind === 'no_room') {
          const { budget, system } = limits;
          const neverFits = needed > (budget ?? Number.POSITIVE_INFINITY) || needed > at.total - system;
          expect(neverFits || at.pressure === 'critical').toBe(true);
        } else if (plan.tight) {
          expect(goneIn(plan).sort()).toEqual(all);
          expect(roomWithout(all, at, limits)).toBeLessThan(needed);
        } else expect(roomWithout(goneIn(plan), at, limits)).toBeGreaterThanOrEqual(needed);
        if (plan.kind === 'load' && limits.budget !== null)
          expect(roomWithout(goneIn(plan), { ...at, available: null }, limits)).toBeGreaterThanOrEqual(
            needed,
          );
      }),
    );
  });

  it('lets nothing go when there is room, and nobody who answers while idle ones are enough', () => {
    fc.assert(
      fc.property(bytes, situation, settings, (needed, at, limits) => {
        const plan = planRoom(needed, at, limits);
        if (plan.kind === 'no_room' || plan.tight) return;
        if (roomWithout([], at, limits) >= needed) expect(goneIn(plan)).toEqual([]);
        const idle = at.held.filter(({ busy }) => busy === 0).map(({ id }) => id);
        if (roomWithout(idle, at, limits) >= needed) expect(plan.drain).toEqual([]);
      }),
    );
  });

  it('is the same for the same situation, and leaves it as it was', () => {
    fc.assert(
      fc.property(bytes, situation, settings, (needed, at, limits) => {
        const before = JSON.stringify(at);
        expect(planRoom(needed, at, limits)).toEqual(planRoom(needed, structuredClone(at), limits));
        expect(JSON.stringify(at)).toBe(before);
      }),
    );
  });
});
