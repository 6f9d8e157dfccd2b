import { describe, expect, it } from 'vitest';
import type { LogLine, RequestFilter } from '../../../proxy/contract.ts';
import { append, arrive, EMPTY_FEED, keyOf, matches, refresh } from '../../../renderer/state/feed.ts';
import { demotedLine, logLine } from '../fixture-data.ts';

const lines = (...ts: number[]): LogLine[] => ts.map((one) => logLine(one));
const loaded = refresh(EMPTY_FEED, { requests: lines(30, 20), next: 'c' });
const times = ({ lines: all }: { lines: LogLine[] }): number[] => all.map(({ ts }) => ts);

describe('the list of requests', () => {
  it('begins with the newest page', () => {
    expect(loaded).toMatchObject({ state: 'ready', next: 'c', arrived: 0 });
    expect(times(loaded)).toEqual([30, 20]);
  });

  it('takes a new line on top, once', () => {
    const after = arrive(arrive(loaded, logLine(40)), logLine(40));
    expect(times(after)).toEqual([40, 30, 20]);
    expect(after.arrived).toBe(1);
  });

  it('takes older ones below, without those it has', () => {
    const after = append(loaded, { requests: lines(20, 10), next: null });
    expect(times(after)).toEqual([30, 20, 10]);
    expect(after).toMatchObject({ next: null, dry: 0 });
  });

  it('counts the pages that bring nothing', () => {
    const empty = { requests: [], next: 'd' };
    expect(append(append(loaded, empty), empty)).toMatchObject({ dry: 2, next: 'd' });
  });

  it('after a while away gets what was missed on top, or begins anew where there is a gap', () => {
    const reaching = refresh(loaded, { requests: lines(50, 40, 30), next: 'x' });
    expect(times(reaching)).toEqual([50, 40, 30, 20]);
    expect(reaching).toMatchObject({ next: 'c', arrived: 2 });
    const gap = refresh(loaded, { requests: lines(90, 80), next: 'y' });
    expect(times(gap)).toEqual([90, 80]);
    expect(gap).toMatchObject({ next: 'y', arrived: 0 });
  });

  it('that a filter left empty stays empty after a while away', () => {
    const empty = refresh(EMPTY_FEED, { requests: [], next: null });
    expect(refresh(empty, { requests: [], next: null })).toEqual(empty);
  });

  it('tells lines without an id apart', () => {
    const { request_id: _, ...bare } = logLine(1);
    expect(keyOf(bare)).not.toBe(keyOf({ ...bare, ts: 2 }));
  });
});

describe('a line that has just come', () => {
  const fits = (line: LogLine, filter: RequestFilter, q = '') =>
    matches(line, { filter, q }, new Set(['fast-9b', 'fast-3b']));

  it('is shown where its filter is', () => {
    expect(fits(demotedLine(1), 'demoted')).toBe(true);
    expect(fits(demotedLine(1), 'cached')).toBe(false);
    expect(fits(logLine(1, { exit_code: 4 }), 'failed')).toBe(true);
    expect(fits(logLine(1, { exit_code: 130 }), 'failed')).toBe(false);
    expect(fits(logLine(1, { model: 'panel', served_by: 'panel' }), 'council')).toBe(true);
    const single = { members: [], chairman: 'think-9b', at_once: 1, synthesis: false };
    expect(fits(demotedLine(1, { model: 'panel', council: single }), 'council')).toBe(true);
    expect(fits(logLine(1), 'council')).toBe(false);
    expect(fits({ ts: 1 } as LogLine, 'all')).toBe(true);
  });

  it('is searched in what the proxy looks at, too', () => {
    expect(fits(logLine(1, { error: 'Boom' }), 'all', 'boom')).toBe(true);
    expect(fits(demotedLine(1), 'all', 'no_room')).toBe(true);
    expect(fits(logLine(1), 'all', 'nothing like it')).toBe(false);
  });
});
