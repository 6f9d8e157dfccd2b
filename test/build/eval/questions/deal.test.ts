import { describe, expect, it } from 'vitest';
import { ALL } from '../../../../build/eval/questions/all.ts';
import { deal } from '../../../../build/eval/questions/deal.ts';
import { KINDS } from '../../../../build/eval/questions/question.ts';

const ids = (seed: number): string[] => deal(ALL, seed).map(({ id }) => id);

describe('the questions', () => {
  it('are 60, 15 of each kind and five of each level in it', () => {
    for (const kind of KINDS)
      for (const level of [1, 2, 3])
        expect(ALL.filter((one) => one.kind === kind && one.level === level)).toHaveLength(5);
    expect(new Set(ALL.map(({ text }) => text)).size).toBe(60);
  });

  it('are all dealt, in the same order for the same seed', () => {
    expect([...ids(1)].sort()).toEqual(ALL.map(({ id }) => id).sort());
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
  });

  it.each([4, 12, 20, 33, 48])('are balanced when only %i are asked', (count) => {
    const asked = deal(ALL, 7).slice(0, count);
    const most = (groups: Map<unknown, unknown[]>): number =>
      Math.max(...[...groups.values()].map((g) => g.length));
    expect(most(Map.groupBy(asked, ({ kind }) => kind))).toBe(Math.ceil(count / 4));
    expect(most(Map.groupBy(asked, ({ level }) => level))).toBeLessThanOrEqual(Math.ceil(count / 3) + 1);
  });
});
