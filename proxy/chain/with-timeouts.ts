import type { CompleteLink, RuntimeEvent } from '../chat/types.ts';
import { LinkFailure } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';

/**
 * Ends an attempt that is silent for too long with `LinkFailure('timeout')`: generous while the weights are being
 * loaded, then until the first token, then from token to token. The time for connecting is the runtime's to keep.
 */
export function withTimeouts(
  complete: CompleteLink,
  { model, timeouts }: Pick<Link, 'model' | 'timeouts'>,
): CompleteLink {
  return async function* (request, signal) {
    // By hand, since AbortSignal.any costs more than all the rest of this layer.
    const stop = new AbortController();
    const follow = (): void => stop.abort(signal.reason);
    let late: LinkFailure | undefined;
    const watch = new Watch((seconds, what) => {
      late = new LinkFailure('timeout', `${model} gave ${what} within ${seconds} s`);
      stop.abort(late);
    });
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true });
    watch.allow(request.patient ? timeouts.load : timeouts.firstToken, 'no first token');
    try {
      for await (const event of complete(request, stop.signal)) {
        observe(event, watch, timeouts);
        yield event;
      }
    } catch (error) {
      throw late && !signal.aborted ? late : error;
    } finally {
      signal.removeEventListener('abort', follow);
      watch.stop();
    }
  };
}

function observe(event: RuntimeEvent, watch: Watch, timeouts: Link['timeouts']): void {
  if (event.type === 'delta') watch.allow(timeouts.idle, 'no further token');
  else if (event.type === 'finish') watch.stop();
  else if (event.state === 'loading') watch.allow(timeouts.load, 'no answer while loading', true);
  else watch.allow(timeouts.firstToken, 'no first token after loading');
}

/** One deadline, moved with every sign of life. Moving the timer is cheaper than making one per token. */
class Watch {
  #timer: NodeJS.Timeout | undefined;
  #seconds = 0;
  #what = '';
  readonly #expire: (seconds: number, what: string) => void;

  constructor(expire: (seconds: number, what: string) => void) {
    this.#expire = expire;
  }

  /** `once`: a repeated sign of the same kind (progress of a load) does not extend it. */
  allow(seconds: number, what: string, once = false): void {
    const same = this.#what === what && this.#seconds === seconds;
    if (same && once) return;
    this.#what = what;
    if (same && this.#timer) {
      this.#timer.refresh();
      return;
    }
    this.stop();
    this.#seconds = seconds;
    if (Number.isFinite(seconds) && seconds > 0)
      this.#timer = setTimeout(() => this.#expire(seconds, what), Math.min(seconds * 1000, 2 ** 31 - 1));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
