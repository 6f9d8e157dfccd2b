import type { CompleteLink, Delta } from '../chat/types.ts';
import { LinkFailure } from '../errors.ts';
import type { Line } from '../memory/turns.ts';
import { Patience } from '../patience.ts';
import type { Link } from '../runtimes/types.ts';

/**
 * Ends an attempt that is silent for too long with `LinkFailure('timeout')`: generous while the weights are being
 * loaded, then until the first token, then from token to token. A runtime that meanwhile answers others on the same weights
 * (`line`) is not silent: it may have this one wait. The time for connecting is the runtime's to keep.
 */
export function withTimeouts(
  complete: CompleteLink,
  { model, timeouts }: Pick<Link, 'model' | 'timeouts'>,
  line: Pick<Line, 'lastSign'>,
): CompleteLink {
  return async function* (request, signal) {
    // By hand, since AbortSignal.any costs more than all the rest of this layer.
    const stop = new AbortController();
    const follow = (): void => stop.abort(signal.reason);
    let late: LinkFailure | undefined;
    let begun = false;
    const patience = new Patience(
      (seconds, what) => {
        late = new LinkFailure('timeout', `${model} gave ${what} within ${seconds} s`);
        stop.abort(late);
      },
      () => (begun ? Number.NEGATIVE_INFINITY : line.lastSign),
    );
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true });
    let loading = false;
    patience.allow(timeouts.firstToken, 'no first token');
    try {
      for await (const event of complete(request, stop.signal)) {
        const now = performance.now();
        if (event.type === 'delta') {
          line.lastSign = now;
          begun = true;
          patience.allow(timeouts.idle, 'no further token', now);
          if (saysNothing(event)) continue;
        } else if (event.type === 'finish') {
          line.lastSign = now;
          patience.stop();
        } else if (event.state === 'loaded')
          patience.allow(timeouts.firstToken, 'no first token after loading', now);
        // Progress of a load extends nothing.
        else if (!loading) patience.allow(timeouts.load, 'no answer while loading', now);
        loading = event.type === 'load' && event.state === 'loading';
        patience.hold(now);
        yield event;
        patience.goOn();
      }
    } catch (error) {
      throw late && !signal.aborted ? late : error;
    } finally {
      signal.removeEventListener('abort', follow);
      patience.stop();
    }
  };
}

/** A sign of life from a runtime that is writing what comes whole: nobody else need hear of it. */
const saysNothing = (delta: Delta): boolean => Object.keys(delta).length === 1;
