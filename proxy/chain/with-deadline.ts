import type { Complete } from '../chat/types.ts';
import { ApiError } from '../errors.ts';

/** Limits the whole of a request to `seconds`; after that it ends with an error that says so. */
export function withDeadline(complete: Complete, seconds: number): Complete {
  if (!Number.isFinite(seconds)) return complete;
  return async function* (request, signal) {
    const deadline = AbortSignal.timeout(Math.min(seconds * 1000, 2 ** 31 - 1));
    let over = false;
    for await (const event of complete(request, AbortSignal.any([signal, deadline]))) {
      over ||= event.type === 'finish' || event.type === 'error';
      yield event;
    }
    if (over || signal.aborted) return;
    const error = new ApiError(
      504,
      `No whole answer within ${seconds} s; give it a longer timeout or a smaller model.`,
      {
        code: 'timeout',
      },
    );
    yield { type: 'error', error };
  };
}
