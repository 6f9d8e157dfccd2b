import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rest } from '../../proxy/chain/rest.ts';
import { systemClock } from '../../proxy/clock.ts';
import { chatRequest, never } from '../helpers/requests.ts';
import { type Asked, madeUpChain, type Part, part, settled, silentPart } from './made-up-chain.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { now } = systemClock;
const ANSWERS: Part = { loads: false, says: [], ending: { kind: 'answers' } };
const FAILS: Part = { loads: false, says: [], ending: { kind: 'fails', reason: 'crash', counts: true } };

describe('a link that fails again and again', () => {
  /** Whether a link should rest, from what became of it: three failures since it last answered, the last one not long ago. */
  function rests(outcomes: { failed: boolean; at: number }[]): boolean {
    const failures = outcomes.slice(outcomes.findLastIndex(({ failed }) => !failed) + 1);
    const last = failures.at(-1);
    return failures.length >= 3 && last !== undefined && now() < last.at + 30_000;
  }
  const rounds = fc.array(
    fc.record({ part: fc.oneof(part, silentPart), pauseMs: fc.constantFrom(0, 1000, 29_000, 31_000) }),
    {
      minLength: 4,
      maxLength: 12,
    },
  );

  it('rests for 30 s after three failures that tell of its health, and is asked otherwise', async () => {
    let rested = 0;
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        let chain = [ANSWERS, ANSWERS];
        const asked: Asked[] = [];
        const complete = madeUpChain(() => chain, { rest: new Rest(now), now }, asked);
        const outcomes: { failed: boolean; at: number }[] = [];
        for (const { part: played, pauseMs } of all) {
          await vi.advanceTimersByTimeAsync(pauseMs);
          chain = [played, ANSWERS];
          const shouldRest = rests(outcomes);
          if (shouldRest) rested += 1;
          const before = asked.length;
          const events = await settled(
            Array.fromAsync(complete(chatRequest('hi', { sees: 'nothing' }), never())),
          );
          expect(asked.slice(before).some(({ model }) => model === 'm0')).toBe(!shouldRest);
          expect(
            events.some(
              (event) =>
                event.type === 'attempt' && event.state === 'failed' && event.reason === 'cooling_off',
            ),
          ).toBe(shouldRest);
          if (shouldRest || played.ending.kind === 'refuses') continue;
          const counts = played.ending.kind !== 'fails' || played.ending.counts;
          if (played.ending.kind === 'answers') outcomes.push({ failed: false, at: now() });
          else if (counts) outcomes.push({ failed: true, at: now() });
        }
      }),
    );
    expect(rested).toBeGreaterThan(20);
  });

  it('is tried by one request when it has rested, and the others go on to the next', async () => {
    await fc.assert(
      fc.asyncProperty(silentPart, fc.integer({ min: 2, max: 6 }), async (played, clients) => {
        let chain = [FAILS, ANSWERS];
        const asked: Asked[] = [];
        const complete = madeUpChain(() => chain, { rest: new Rest(now), now }, asked);
        const once = () => Array.fromAsync(complete(chatRequest('hi'), never()));
        for (let i = 0; i < 3; i++) await settled(once());
        await vi.advanceTimersByTimeAsync(30_000);
        chain = [played, ANSWERS];
        const before = asked.length;
        await settled(Promise.all(Array.from({ length: clients }, once)));
        expect(asked.slice(before).filter(({ model }) => model === 'm0')).toHaveLength(1);
      }),
    );
  });
});
