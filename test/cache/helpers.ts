import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AnswerStore, CacheOptions } from '../../proxy/cache/store.ts';
import { openCache } from '../../proxy/cache/store.ts';
import type { StoredAnswer } from '../../proxy/cache/stored-answer.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** A stored answer; `bornTs` in seconds since 1970. */
export function anAnswer({
  bornTs = 1000,
  ...differs
}: Partial<StoredAnswer> & { bornTs?: number } = {}): StoredAnswer {
  return {
    served: 'fast-9b',
    text: 'Red, yellow, blue.',
    reasoning: '',
    toolCalls: [],
    logprobs: [],
    finish: 'stop',
    usage: { promptTokens: 5, completionTokens: 6 },
    birth: { ts: bornTs, latency_s: 0.5, ttft_s: 0.1, load_s: 0 },
    ...differs,
  };
}

/** A real cache in its own folder, with a clock that stands until it is set and the warnings it gave. */
export function aCache(differs: Partial<CacheOptions> = {}): {
  store: AnswerStore;
  file: string;
  warnings: string[];
  clock: { now: number };
  reopen(): AnswerStore;
} {
  const clock = { now: 1000 };
  const warnings: string[] = [];
  const options: CacheOptions = {
    file: join(tempFolder(), 'data', 'cache.db'),
    ttlS: 100,
    maxBytes: 1_000_000,
    now: () => clock.now,
    warn: (message) => warnings.push(message),
    ...differs,
  };
  const reopen = () => {
    const store = openCache(options);
    onTestFinished(() => store.close());
    return store;
  };
  return { store: reopen(), file: options.file, warnings, clock, reopen };
}
