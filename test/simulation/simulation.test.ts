import { describe, expect, it } from 'vitest';
import { type Outcome, simulate } from './simulate.ts';

/** An hour on a 24 GB machine of which 13 are taken; `npm run bench` prints it as a table. */

describe('an hour of mixed work', () => {
  const columns = new Map<string, Outcome>();

  it.each(['without', 'with', 'demote'] as const)('%s planning: no request is lost', async (column) => {
    const outcome = await simulate(column);
    columns.set(column, outcome);
    expect(outcome).toMatchObject({ requests: 109, answered: 109, lost: 0 });
  });

  it('thrashes without planning, also while nobody asked for too much', () => {
    expect(columns.get('without')?.thrashing).toBeGreaterThan(100);
    expect(columns.get('without')?.thrashingOutside).toBeGreaterThan(0);
  });

  it('with planning thrashes less, and only within answers of the model that is too big', () => {
    const [bare, planned] = [columns.get('without'), columns.get('with')];
    expect(planned?.thrashing).toBeLessThan(bare?.thrashing ?? 0);
    expect(planned).toMatchObject({ thrashingOutside: 0, demoted: 0 });
  });

  it('has the 9B warm again soon after each heavy answer', () => {
    const { rewarmed = [] } = columns.get('with') ?? {};
    expect(rewarmed).toHaveLength(5);
    // Its keep_alive of 30 s, the look after pinned models every 15, and the load.
    for (const seconds of rewarmed) expect(seconds).toBeLessThan(30 + 15 + 7);
  });

  it('does not thrash at all with on_tight: demote', () => {
    expect(columns.get('demote')).toMatchObject({ thrashing: 0, demoted: 5 });
  });
});
