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

/** How it ended, once it has. */
function outcomeOf(patient: boolean): { error: string | null } {
  const complete = withTimeouts(silent, LINK);
  const outcome: { error: string | null } = { error: null };
  collect(complete(chatRequest('hi', { patient }), never())).catch((error: Error) => {
    outcome.error = error.message;
  });
  return outcome;
}

describe('the first token', () => {
  it('has its time', async () => {
    const outcome = outcomeOf(false);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(outcome.error).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome.error).toBe('m gave no first token within 10 s');
  });

  it('has the time of a load where another answer may have to end before', async () => {
    const outcome = outcomeOf(true);
    await vi.advanceTimersByTimeAsync(299_999);
    expect(outcome.error).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome.error).toBe('m gave no first token within 300 s');
  });
});
