import type { Fault as FakeFault } from '../fake-ollama/faults.ts';
import type { Fault as WireFault } from '../helpers/fault-proxy.ts';
import { seeded } from '../helpers/seeded.ts';

/** All that is decided by chance. Each decision depends on the seed and a number alone, so that it can be played again. */

/** One request, and what happens beside it. */
export interface Planned {
  n: number;
  door: 'api' | 'ask';
  model: string;
  text: string;
  stream: boolean;
  strict: boolean;
  /** API clients ask for the cache, `ask` has it. */
  cache: boolean;
  maxTokens: number | null;
  /** Of `ask`, in seconds. */
  timeoutS: number | null;
  /** The client goes away so many ms after it has asked. */
  leaves: { afterMs: number; how: 'end' | 'reset' } | null;
  /** It waits so long before it reads each piece. */
  readsAfterMs: number;
  /** What Ollama does wrong with the next chat of a model. */
  fault: { model: string; fault: FakeFault } | null;
  /** Every connection to Ollama is reset when it begins. */
  resets: boolean;
  /** The config is read anew when it begins. */
  reloads: boolean;
  /** The client's pause before it, in ms. */
  pauseMs: number;
}

/** The models of the soak's config by their names, with Ollama's for each; null: the embedded engine. */
export const MODELS: Record<string, string | null> = {
  'fast-9b': 'qwen3.5:9b',
  'think-9b': 'qwen3.5:9b',
  'fast-4b': 'gemma3:4b',
  'fast-3b': 'llama3.2:3b',
  'fast-1b': 'llama3.2:1b',
  tiny: null,
};
/** Members and a chairman out of these; what it says is nothing that could be known before. */
export const COUNCIL = 'council';
/** By these tiers `ask` knows them. */
export const TIERS: Record<string, string> = {
  'fast-9b': '9b',
  'think-9b': 'think',
  'fast-4b': '4b',
  'fast-3b': '3b',
  'fast-1b': '1b',
  tiny: 'tiny',
  [COUNCIL]: 'council',
};
const ON_OLLAMA = [...new Set(Object.values(MODELS).filter((name) => name !== null))];
const WORDS = ['grüße', '🍞', 'butter', 'naïve', '日本語', 'jam', '𝄞', 'crumbs', 'and', 'é', 'warm'];
/** Few texts that come again and again, for the cache and for inferences that are shared. */
const KNOWN_TEXTS = 7;

class Dice {
  readonly #next: () => number;

  constructor(seed: number, kind: number, n: number) {
    this.#next = seeded(seed ^ Math.imul(n * 4 + kind + 1, 0x9e3779b1));
  }

  /** A whole number from 0 up to below `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.below(of.length)] ?? of[0];
  }
}

/** The n-th request. */
export function planned(seed: number, n: number): Planned {
  const dice = new Dice(seed, 0, n);
  const names = Object.keys(MODELS);
  const door = dice.chance(0.3) ? 'ask' : 'api';
  const known = dice.chance(0.15);
  return {
    n,
    door,
    model: dice.chance(0.05) ? COUNCIL : (names[dice.below(names.length)] ?? ''),
    text: known ? `again ${n % KNOWN_TEXTS} 🍞` : `${words(dice)} ${n}`,
    stream: dice.chance(0.6),
    strict: dice.chance(0.1),
    cache: known || dice.chance(0.2),
    maxTokens: dice.chance(0.1) ? 1 + dice.below(6) : null,
    timeoutS: dice.chance(0.1) ? 0.2 + dice.below(10) / 5 : null,
    leaves: dice.chance(0.12)
      ? { afterMs: dice.below(dice.one([5, 40, 400])), how: dice.one(['end', 'reset']) }
      : null,
    readsAfterMs: dice.chance(0.1) ? 1 + dice.below(10) : 0,
    fault: dice.chance(0.06)
      ? { model: ON_OLLAMA[dice.below(ON_OLLAMA.length)] ?? '', fault: fakeFault(dice) }
      : null,
    resets: dice.chance(0.001),
    reloads: dice.chance(0.001),
    pauseMs: dice.below(100),
  };
}

function words(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(20) }, () => WORDS[dice.below(WORDS.length)]).join(' ');
}

function fakeFault(dice: Dice): FakeFault {
  const after = dice.below(6);
  return dice.one<FakeFault>([
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'hang-mid-stream', after },
    { kind: 'reset-mid-stream', after },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 503, retryAfter: 1 },
    { kind: 'status', status: 429, retryAfter: 1 },
    { kind: 'error-in-stream', after },
    { kind: 'malformed-line', after },
    { kind: 'no-end', after },
    { kind: 'slow-tokens', ms: 1 + dice.below(40) },
    { kind: 'late-end', ms: dice.below(200) },
  ]);
}

/** What is wrong with the n-th connection to Ollama. */
export function wireFault(seed: number, n: number): WireFault {
  const dice = new Dice(seed, 1, n);
  if (dice.chance(0.5)) return {};
  if (dice.chance(0.06)) return { refused: true };
  const slow: WireFault = {
    ...(dice.chance(0.3) && { latencyMs: dice.below(40) }),
    // Not both: a byte at a time is as slow as that makes it.
    ...(dice.chance(0.5) ? { bytesPerS: 20_000 + dice.below(200_000) } : { sliceBytes: 1 }),
  };
  if (dice.chance(0.5)) return slow;
  const by = dice.one(['reset', 'end', 'stall'] as const);
  const inCharacter = Buffer.from('🍞').subarray(0, 1 + dice.below(3));
  const after = dice.chance(0.4) ? inCharacter : dice.below(20_000);
  return { ...slow, breaks: { after, by } };
}
