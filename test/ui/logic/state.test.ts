import { describe, expect, it } from 'vitest';
import { afterEvent, type LiveEvent, NOTHING_YET } from '../../../renderer/state/live.ts';
import { demotedLine, laptopStatus, logLine } from '../fixture-data.ts';

const told = (...events: LiveEvent[]) => events.reduce(afterEvent, NOTHING_YET);
const status = laptopStatus(1e9);

describe('what the stream tells', () => {
  it('is away since the first loss, and keeps what was known', () => {
    const away = told(
      { type: 'status', status, at: 1 },
      { type: 'lost', at: 5000 },
      { type: 'lost', at: 9000 },
    );
    expect(away.link).toEqual({ state: 'away', since: 5000 });
    expect(away.status).toBe(status);
    expect(afterEvent(away, { type: 'status', status, at: 10_000 }).link).toEqual({ state: 'live' });
  });

  it('counts demotions that nobody looked at', () => {
    const request = (looking: boolean): LiveEvent => ({ type: 'request', line: demotedLine(1), looking });
    const state = told(request(false), request(false), request(true));
    expect(state.unseen).toBe(2);
    expect(afterEvent(state, { type: 'looked' }).unseen).toBe(0);
    expect(told({ type: 'request', line: logLine(1), looking: false }).unseen).toBe(0);
  });

  it('is newer than what was asked for meanwhile', () => {
    const state = told({ type: 'request', line: logLine(9), looking: false });
    expect(afterEvent(state, { type: 'latest', line: logLine(3) }).latest?.ts).toBe(9);
    expect(afterEvent(state, { type: 'latest', line: null }).latest?.ts).toBe(9);
    expect(afterEvent(state, { type: 'latest', line: logLine(12) }).latest?.ts).toBe(12);
  });
});
