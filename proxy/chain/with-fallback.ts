import type { AttemptFailed, ChatEvent, ChatRequest, Complete, CompleteRoomed } from '../chat/types.ts';
import { EXIT } from '../contract.ts';
import { ApiError, Busy, LinkFailure, messageOf } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';
import type { Rest } from './rest.ts';

/** One link with what answers for it. */
export interface Step {
  link: Link;
  complete: CompleteRoomed;
}

export interface FallbackTools {
  rest: Rest;
  /** Monotonic, in ms. */
  now: () => number;
}

/**
 * Tries the links of a chain in order until one answers. It ends at the first delta the client could have seen:
 * after that a failure is an error, never a splice. A request that is itself at fault is an error at once, as is one for
 * which too many wait already; the link's health is not blamed for either.
 */
export function withFallback(chain: Step[], tools: FallbackTools): Complete {
  return async function* (request, signal) {
    const failed: AttemptFailed[] = [];
    const links = isBound(request) ? chain.slice(0, 1) : chain;
    for (const [index, step] of links.entries()) {
      if (index > 0 && request.strict) {
        yield { type: 'error', error: refusedDemotion(failed) };
        return;
      }
      const asked = index === 0 ? request : demoted(request);
      const attempt = new Attempt(step.link.model, asked, index === 0, tools);
      const resting = attempt.admit();
      if (resting) {
        failed.push(resting);
        yield resting;
        if (signal.aborted) return;
        continue;
      }
      yield { type: 'attempt', state: 'started', model: attempt.model };
      let end: AttemptFailed | ErrorEvent | null = null;
      try {
        if (signal.aborted) return;
        for await (const event of step.complete(asked, signal)) {
          end = attempt.saw(event);
          if (end) break;
          yield event;
          if (event.type === 'finish') return;
        }
        if (signal.aborted) return;
        end ??= attempt.failed(new LinkFailure('crash', `${attempt.model} stopped without an end`));
      } catch (error) {
        if (signal.aborted) return;
        end = attempt.failed(error);
      } finally {
        attempt.over();
      }
      yield end;
      // Who reads along may leave while it is told.
      if (end.type === 'error' || signal.aborted) return;
      failed.push(end);
    }
    yield { type: 'error', error: chainFailed(request, failed) };
  };
}

/** Vectors of other weights lie in another space: in place of an embedding there is none. */
const isBound = ({ task }: ChatRequest): boolean => task?.kind === 'embed';

/** What the client asked of the model by name is not asked of its stand-ins. */
function demoted({ effort: _, ...request }: ChatRequest): ChatRequest {
  return request;
}

type ErrorEvent = Extract<ChatEvent, { type: 'error' }>;

/** One link at work: what the client has seen of it, and what becomes of it. Its generator is the chain's, which costs less. */
class Attempt {
  readonly model: string;
  readonly #request: ChatRequest;
  readonly #first: boolean;
  readonly #tools: FallbackTools;
  readonly #began: number;
  #seen = false;
  #decided = false;

  constructor(model: string, request: ChatRequest, first: boolean, tools: FallbackTools) {
    this.model = model;
    this.#request = request;
    this.#first = first;
    this.#tools = tools;
    this.#began = tools.now();
  }

  /** Null: it may be asked, and `over` has to follow. */
  admit(): AttemptFailed | null {
    const seconds = this.#tools.rest.admit(this.model);
    return seconds > 0 ? this.#resting(seconds) : null;
  }

  /** Looks at an event; what it returns ends the attempt. */
  saw(event: ChatEvent): AttemptFailed | null {
    const { rest } = this.#tools;
    if (event.type === 'queue' && event.ahead === null) {
      // Those who came before may have found out meanwhile.
      const seconds = rest.left(this.model);
      if (seconds > 0) return this.#resting(seconds);
    }
    this.#seen ||= isSeen(event, this.#request);
    if (event.type === 'finish') {
      this.#decided = true;
      rest.succeeded(this.model);
    }
    return null;
  }

  /** What an error means: the next link's turn, or the end. */
  failed(error: unknown): AttemptFailed | ErrorEvent {
    if (error instanceof ApiError) {
      if (!this.#first && !this.#seen && !(error instanceof Busy))
        return this.#fail('unsupported', error.message);
      return { type: 'error', error };
    }
    const failure =
      error instanceof LinkFailure ? error : new LinkFailure('crash', messageOf(error), { cause: error });
    if (failure.counts) {
      this.#decided = true;
      this.#tools.rest.failed(this.model);
    }
    if (!this.#seen) return this.#fail(failure.reason, failure.message, failure.retryAfter);
    return { type: 'error', error: brokeOff(failure) };
  }

  /** Always called at last. */
  over(): void {
    if (!this.#decided) this.#tools.rest.undecided(this.model);
  }

  #resting(seconds: number): AttemptFailed {
    return this.#fail(
      'cooling_off',
      `${this.model} failed three times in a row and rests for ${Math.ceil(seconds)} s`,
      seconds,
    );
  }

  #fail(reason: AttemptFailed['reason'], detail: string, retryAfter: number | null = null): AttemptFailed {
    return {
      type: 'attempt',
      state: 'failed',
      model: this.model,
      reason,
      detail,
      seconds: (this.#tools.now() - this.#began) / 1000,
      ...(retryAfter !== null && { retryAfter }),
    };
  }
}

/** Whether the client sees something of the answer by this event before the end. */
export function isSeen(event: ChatEvent, { sees }: ChatRequest): boolean {
  if (event.type !== 'delta' || sees === 'nothing') return false;
  return sees === 'everything' || Boolean(event.text || event.toolCalls);
}

function brokeOff(failure: LinkFailure): ApiError {
  return new ApiError(502, `The answer broke off: ${failure.message}. Send the request again.`, {
    code: 'broke_off',
    exit: EXIT.brokeOff,
  });
}

function refusedDemotion(failed: AttemptFailed[]): ApiError {
  return new ApiError(
    503,
    `${listed(failed)}. A smaller model was refused (strict); try again without it or later.`,
    {
      code: 'would_be_demoted',
      param: 'model',
      exit: EXIT.strict,
    },
  );
}

function chainFailed(request: ChatRequest, failed: AttemptFailed[]): ApiError {
  const retryAfter = comeBackIn(failed);
  const why = isBound(request)
    ? `No embeddings of ${request.model}: ${listed(failed)}. No other model stands in, its vectors would lie in another space; try again later.`
    : `No model could answer for ${request.model}: ${listed(failed)}.`;
  return new ApiError(503, why, {
    code: 'chain_failed',
    ...(retryAfter !== null && { retryAfter: Math.max(1, Math.ceil(retryAfter)) }),
  });
}

/** In how many seconds: as the last link says, or when the first of them has rested where all do. */
function comeBackIn(failed: AttemptFailed[]): number | null {
  const allRest = failed.every(({ reason }) => reason === 'cooling_off');
  if (allRest) return Math.min(...failed.flatMap(({ retryAfter }) => retryAfter ?? []));
  return failed.at(-1)?.retryAfter ?? null;
}

const listed = (failed: AttemptFailed[]): string =>
  failed.map(({ model, detail }) => withName(model, detail)).join('; ');

/** Details mostly name their model already. */
const withName = (model: string, detail: string): string =>
  detail.includes(model) ? detail : `${model}: ${detail}`;
