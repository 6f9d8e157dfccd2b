import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../proxy/contract.ts';
import { receiptFacts } from '../../../renderer/requests/receipt-facts.ts';
import { logLine } from '../fixture-data.ts';

type Member = NonNullable<LogLine['council']>['members'][number];

const MEMBER: Member = {
  letter: 'A',
  model: 'fast-9b',
  served_by: 'fast-9b',
  outcome: 'answered',
  reason: null,
  seconds: 3.2,
  tokens_out: 120,
  chars: 480,
  left_out: 0,
};
const factsOf = (line: LogLine, title: string) =>
  receiptFacts(line).find(([name]) => name === title)?.[1] ?? [];

describe("the receipt's facts", () => {
  const council = {
    members: [
      MEMBER,
      { ...MEMBER, letter: 'B', served_by: 'fast-3b', outcome: 'demoted', reason: 'no_room', left_out: 2000 },
      { ...MEMBER, letter: null, served_by: null, outcome: 'lost', reason: 'empty', tokens_out: null },
    ] satisfies Member[],
    chairman: 'think-9b',
    at_once: 2,
    synthesis: true,
  };

  it('tell who sat in a council, and what became of each', () => {
    expect(factsOf(logLine(1, { council }), 'Council')).toEqual([
      ['Members', '2 at once'],
      ['Member A', 'fast-9b, 3.2 s, 120 tokens'],
      [
        'Member B',
        'fast-3b in place of fast-9b (no room in memory), 3.2 s, 120 tokens, 2,000 characters too long for the chairman',
      ],
      ['Member 3', 'fast-9b, lost (said nothing), 3.2 s'],
      ['Chairman', 'think-9b'],
    ]);
    const single = logLine(1, { council: { ...council, at_once: 1, synthesis: false } });
    expect(factsOf(single, 'Council').filter(([name]) => /^(Members|Chairman)$/.test(name))).toEqual([
      ['Members', 'one after the other'],
      ['Chairman', 'think-9b fell away: no synthesis'],
    ]);
  });

  it('have no speed for a council, whose tokens are those of all its members, and no council for one model', () => {
    const names = (line: LogLine) => factsOf(line, 'Time').map(([name]) => name);
    expect(names(logLine(1))).toContain('Speed');
    expect(names(logLine(1, { council }))).not.toContain('Speed');
    expect(factsOf(logLine(1), 'Council')).toEqual([]);
  });
});
