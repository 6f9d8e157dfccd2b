import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withTimeouts } from '../../proxy/chain/with-timeouts.ts';
import type { CompleteLink } from '../../proxy/chat/types.ts';
import { chatRequest, collect, never } from '../helpers/requests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Says nothing until it is stopped. */
const silent: CompleteLink = async function* (_request, signal) {
  await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  yield { type: 'delta', text: 'never' };
};

const LINK = { model: 'm', timeouts: { connect: 1, firstToken: 10, load: 300, idle: 10 } };

/** A silent answer beside which others may be answered on `line`; how it ended, once it has. */
function outcomeOf(line = { lastSign: Number.NEGATIVE_INFINITY }): { error: string | null } {
  const complete = withTimeouts(silent, LINK, line);
  const outcome: { error: string | null } = { error: null };
  collect(complete(chatRequest('hi'), never())).catch((error: Error) => {
    outcome.error = error.message;
  });
  return outcome;
}

describe('the first token', () => {
  it('has its time', async () => {
    const outcome = outcomeOf();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(outcome.error).toBeNull();
    await vi.advanceTimersByTimeAsync(2);
    expect(outcome.error).toBe('m gave no first token within 10 s');
  });

  it('has its time anew for as long as another on the same weights is answered', async () => {
    const line = { lastSign: Number.NEGATIVE_INFINITY };
    const outcome = outcomeOf(line);
    for (let i = 0; i < 5; i += 1) {
      await vi.advanceTimersByTimeAsync(8_000);
      line.lastSign = performance.now();
    }
    await vi.advanceTimersByTimeAsync(9_999);
    expect(outcome.error).toBeNull();
    await vi.advanceTimersByTimeAsync(2);
    expect(outcome.error).toBe('m gave no first token within 10 s');
  });
});
