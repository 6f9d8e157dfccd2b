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
    for (const [index, step] of chain.entries()) {
      if (index > 0 && request.strict) {
        yield { type: 'error', error: refusedDemotion(failed) };
        return;
      }
      const end = yield* attempt(step, index === 0 ? request : demoted(request), signal, index, tools);
      if (end === 'over') return;
      failed.push(end);
      yield end;
      // Who reads along may leave while it is told.
      if (signal.aborted) return;
    }
    yield { type: 'error', error: chainFailed(request, failed) };
  };
}

/** What the client asked of the model by name is not asked of its stand-ins. */
function demoted({ effort: _, ...request }: ChatRequest): ChatRequest {
  return request;
}

type Attempting = AsyncGenerator<ChatEvent, 'over' | AttemptFailed>;

async function* attempt(
  step: Step,
  request: ChatRequest,
  signal: AbortSignal,
  index: number,
  { rest, now }: FallbackTools,
): Attempting {
  const { model } = step.link;
  const began = now();
  const fail = (
    reason: AttemptFailed['reason'],
    detail: string,
    retryAfter: number | null = null,
  ): AttemptFailed => ({
    type: 'attempt',
    state: 'failed',
    model,
    reason,
    detail,
    seconds: (now() - began) / 1000,
    ...(retryAfter !== null && { retryAfter }),
  });
  const resting = (seconds: number): AttemptFailed =>
    fail(
      'cooling_off',
      `${model} failed three times in a row and rests for ${Math.ceil(seconds)} s`,
      seconds,
    );
  const left = rest.admit(model);
  if (left > 0) return resting(left);

  yield { type: 'attempt', state: 'started', model };
  let seen = false;
  let decided = false;
  try {
    if (signal.aborted) return 'over';
    for await (const event of step.complete(request, signal)) {
      if (event.type === 'queue' && event.ahead === null) {
        // Those who came before may have found out meanwhile.
        const left = rest.left(model);
        if (left > 0) return resting(left);
      }
      seen ||= isSeen(event, request);
      if (event.type === 'finish') {
        decided = true;
        rest.succeeded(model);
      }
      yield event;
      if (event.type === 'finish') return 'over';
    }
    throw new LinkFailure('crash', `${model} stopped without an end`);
  } catch (error) {
    if (signal.aborted) return 'over';
    if (error instanceof ApiError) {
      if (index > 0 && !seen && !(error instanceof Busy)) return fail('unsupported', error.message);
      yield { type: 'error', error };
      return 'over';
    }
    const failure =
      error instanceof LinkFailure ? error : new LinkFailure('crash', messageOf(error), { cause: error });
    if (failure.counts) {
      decided = true;
      rest.failed(model);
    }
    if (!seen) return fail(failure.reason, failure.message, failure.retryAfter);
    yield { type: 'error', error: brokeOff(failure) };
    return 'over';
  } finally {
    if (!decided) rest.undecided(model);
  }
}

/** Whether the client sees something of the answer by this event before the end. */
export function isSeen(event: ChatEvent, { sees }: ChatRequest): boolean {
  if (event.type !== 'delta' || sees === 'nothing') return false;
  return sees === 'everything' || Boolean(event.text);
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
  return new ApiError(503, `No model could answer for ${request.model}: ${listed(failed)}.`, {
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
