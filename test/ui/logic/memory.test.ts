import { describe, expect, it } from 'vitest';
import type { Status } from '../../../proxy/contract.ts';
import { colorsOf, segmentsOf } from '../../../renderer/memory/segments.ts';
import { laptopStatus, residentStatus } from '../fixture-data.ts';

const GB = 1e9;
const status = (fields: Partial<Status>, memory: Partial<Status['memory']> = {}): Status => {
  const laptop = laptopStatus(1e9);
  return {
    ...laptop,
    ...fields,
    memory: { ...laptop.memory, total: 24 * GB, available: 10 * GB, ...memory },
  };
};
const parts = (of: Status) =>
  segmentsOf(of).map(({ kind, size }) => [kind, size === null ? null : size / GB]);
const sum = (of: Status) => segmentsOf(of).reduce((all, { size }) => all + (size ?? 0), 0);

describe('the memory bar', () => {
  it('adds up to the whole machine', () => {
    const of = status({ residents: [residentStatus('qwen-9b', { size: 7 * GB })], reserve: 2 * GB });
    expect(parts(of)).toEqual([
      ['other', 7],
      ['model', 7],
      ['free', 8],
      ['reserve', 2],
    ]);
    expect(sum(of)).toBe(24 * GB);
  });

  it('has others at 0 where mapped weights count as available, and still adds up', () => {
    const of = status({ residents: [residentStatus('big', { size: 18 * GB })] }, { available: 20 * GB });
    expect(parts(of)[0]).toEqual(['other', 0]);
    expect(sum(of)).toBe(24 * GB);
  });

  it('eats up the reserve before it is overfull', () => {
    expect(parts(status({ residents: [], reserve: 2 * GB }, { available: 1 * GB }))).toEqual([
      ['other', 23],
      ['free', 0],
      ['reserve', 1],
    ]);
  });

  it('shows orphans, and what has no size', () => {
    const of = status(
      { residents: [residentStatus('odd', { size: null })] },
      { resident: { ollama: null, orphans: 3 * GB, llamacpp: null, toaster: null } },
    );
    expect(parts(of).slice(0, 3)).toEqual([
      ['other', 11],
      ['model', null],
      ['orphans', 3],
    ]);
  });

  it('says that a machine does not tell, rather than 0', () => {
    const of = status({ residents: [residentStatus('a', { size: 4 * GB })] }, { available: null });
    expect(parts(of)).toEqual([
      ['model', 4],
      ['unknown', 20],
    ]);
  });

  it('gives weights the same colour whoever is in memory', () => {
    const laptop = laptopStatus(1e9);
    const without = colorsOf({ ...laptop, residents: [] });
    const stranger = colorsOf({ ...laptop, residents: [residentStatus('stranger:7b')] });
    expect(stranger.get('llama-3b')).toBe(without.get('llama-3b'));
    expect(stranger.get('stranger:7b')).toBeDefined();
  });
});
