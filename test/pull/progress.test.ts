import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Progress } from '../../proxy/pull/progress.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

function shown(
  isTTY: boolean,
  total: number,
  from: number,
  steps: [seconds: number, bytes: number][],
): string {
  let text = '';
  const progress = new Progress({ isTTY, write: (piece) => (text += piece) }, total, from);
  for (const [seconds, bytes] of steps) {
    vi.advanceTimersByTime(seconds * 1000);
    progress.show(bytes);
  }
  return text;
}

it('a bar on a terminal is drawn over, with the speed of now and the time that is left', () => {
  const text = shown(true, 18e9, 6e9, [
    [0, 6e9],
    [10, 7e9],
    [0.01, 7.1e9],
    [110, 18e9],
  ]);
  expect(text.split('\r\u001b[K').slice(1)).toEqual([
    '  ██████████░░░░░░░░░░░░░░░░░░░░ 33% of 18000 MB, 0.0 MB/s, nothing yet',
    '  ████████████░░░░░░░░░░░░░░░░░░ 38% of 18000 MB, 100 MB/s, 110 s left',
    '  ██████████████████████████████ 100% of 18000 MB, 100 MB/s, in 3 min\n',
  ]);
});

it('elsewhere there is a line for each tenth', () => {
  const steps = Array.from({ length: 100 }, (_, i): [number, number] => [1, (i + 1) * 1e6]);
  const lines = shown(false, 1e8, 0, steps).trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[5]).toBe('  50% of 100 MB, 1.0 MB/s, 50 s left');
});

it('long waits are told in minutes', () => {
  expect(shown(false, 18e9, 0, [[10, 18e6]])).toBe('  0% of 18000 MB, 1.8 MB/s, 167 min left\n');
});
