import { type Answer, addToAnswer, emptyAnswer } from '../chat/answer.ts';
import type { ChatEvent, ChatRequest, Complete, JsonObject } from '../chat/types.ts';
import type { Clock } from '../clock.ts';
import type { Birth } from '../contract.ts';
import { cacheKey } from './key.ts';
import type { Sharing } from './share.ts';
import type { AnswerStore } from './store.ts';
import type { StoredAnswer } from './stored-answer.ts';

export interface CacheTools {
  store: AnswerStore;
  sharing: Sharing;
  /** What decides the answer besides the request; null when the answer must not be cached. */
  identify(): Promise<JsonObject | null>;
  clock: Clock;
}

/**
 * Answers from the cache where the request allows that, shares an identical inference under way, and stores what is
 * worth it: whole answers of the model that was asked for. Its first event says which of these it was; without one,
 * the cache had no part in it.
 */
export function withCache(complete: Complete, { store, sharing, identify, clock }: CacheTools): Complete {
  const looking: Complete = async function* (request, signal) {
    const { read, write } = request.cache;
    const identity = await identify();
    if (identity === null) {
      yield* complete(request, signal);
      return;
    }
    const key = cacheKey(request, identity);
    const hit = read ? store.get(key) : null;
    if (hit) {
      yield* replay(key, hit);
      return;
    }
    const run = (inner: AbortSignal) =>
      write ? storing(complete(request, inner), request, key, store, clock) : complete(request, inner);
    if (!read) {
      yield cached('miss', key);
      yield* run(signal);
      return;
    }
    // What a client sees, and whether it takes a smaller model, decides about fallback: only like joins like.
    const seat = sharing.join(
      `${key} ${request.sees} ${request.strict} ${request.room} ${write}`,
      signal,
      run,
    );
    try {
      yield cached('miss', key, seat.shared);
      yield* seat.events;
    } finally {
      seat.leave();
    }
  };
  return (request, signal) => (isForCache(request) ? looking(request, signal) : complete(request, signal));
}

/** Vectors are large, and are mostly kept by whoever asks for them. */
const isForCache = ({ cache, task }: ChatRequest): boolean =>
  (cache.read || cache.write) && task?.kind !== 'embed';

function cached(outcome: 'hit' | 'miss', key: string, shared = false, birth: Birth | null = null): ChatEvent {
  return { type: 'cached', outcome, key, shared, birth };
}

function* replay(key: string, answer: StoredAnswer): Generator<ChatEvent> {
  yield cached('hit', key, false, answer.birth);
  yield { type: 'attempt', state: 'started', model: answer.served };
  const { text, reasoning, toolCalls, logprobs } = answer;
  yield {
    type: 'delta',
    ...(text !== '' && { text }),
    ...(reasoning !== '' && { reasoning }),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(logprobs.length > 0 && { logprobs }),
  };
  yield { type: 'finish', reason: answer.finish ?? 'stop', usage: answer.usage, loadS: 0 };
}

/** Passes the events on and stores the answer before its finish is told, so that whoever asks next finds it. */
async function* storing(
  events: AsyncIterable<ChatEvent>,
  request: ChatRequest,
  key: string,
  store: AnswerStore,
  clock: Clock,
): AsyncGenerator<ChatEvent> {
  const answer = emptyAnswer();
  const birth: Birth = { ts: clock.wall(), latency_s: 0, ttft_s: null, load_s: null };
  const began = clock.now();
  const elapsed = (): number => (clock.now() - began) / 1000;
  let demoted = false;
  for await (const event of events) {
    addToAnswer(answer, event);
    demoted ||= event.type === 'attempt' && event.state === 'failed';
    if (event.type === 'delta') birth.ttft_s ??= elapsed();
    if (event.type === 'finish' && !demoted && isWorthStoring(answer))
      store.put(key, {
        ...answer,
        served: request.model,
        birth: { ...birth, latency_s: elapsed(), load_s: event.loadS },
      });
    yield event;
  }
}

/** Not what was cut, and not what is empty. */
function isWorthStoring({ finish, text, toolCalls }: Answer): boolean {
  return (finish === 'stop' || finish === 'tool_calls') && (text.trim() !== '' || toolCalls.length > 0);
}
