import fc from 'fast-check';
import { vi } from 'vitest';
import { type Step, withFallback } from '../../proxy/chain/with-fallback.ts';
import { withFirstCall } from '../../proxy/chain/with-first-call.ts';
import { withTimeouts } from '../../proxy/chain/with-timeouts.ts';
import type { ChatRequest, Complete, Delta } from '../../proxy/chat/types.ts';
import { chainOf } from '../../proxy/config/links.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import type { Reason } from '../../proxy/contract.ts';
import { ApiError, LinkFailure } from '../../proxy/errors.ts';
import { pause } from '../fake-ollama/models.ts';

/** Chains for property tests: what each link does is made up, all around them is the real thing. Wants fake timers. */

/** What a link says, and what comes ending. `stops`: its events end without an end. */
export interface Part {
  loads: boolean;
  says: Delta[];
  ending:
    | { kind: 'answers' | 'hangs' | 'stops' | 'throws' | 'refuses' }
    | { kind: 'fails'; reason: Reason; counts: boolean };
}

const REASONS: Reason[] = ['timeout', 'http_5xx', 'connection', 'crash', 'no_room', 'thrash', 'missing'];
const TOKEN_MS = 100;

const delta = fc.oneof(
  fc.string({ minLength: 1, maxLength: 3 }).map((text): Delta => ({ type: 'delta', text })),
  fc.string({ minLength: 1, maxLength: 3 }).map((reasoning): Delta => ({ type: 'delta', reasoning })),
);
const ending = fc.oneof(
  fc.record({ kind: fc.constantFrom('answers', 'hangs', 'stops', 'throws', 'refuses') }),
  fc.record({ kind: fc.constant('fails'), reason: fc.constantFrom(...REASONS), counts: fc.boolean() }),
);
export const part: fc.Arbitrary<Part> = fc.record({
  loads: fc.boolean(),
  says: fc.array(delta, { maxLength: 3 }),
  ending,
});
/** A part in which nothing is said before it fails, so that the next link gets its turn. */
export const silentPart: fc.Arbitrary<Part> = fc.record({
  loads: fc.boolean(),
  says: fc.constant([]),
  ending: ending.filter(({ kind }) => kind !== 'answers'),
});
export const parts = fc.array(fc.oneof(part, silentPart), { minLength: 1, maxLength: 4 });

/** What becomes of a part, as the chain should call it; null: it answers, or refuses. */
export function reasonOf({ ending }: Part): Reason | null {
  if (ending.kind === 'answers' || ending.kind === 'refuses') return null;
  if (ending.kind === 'fails') return ending.reason;
  return ending.kind === 'hangs' ? 'timeout' : 'crash';
}

/** One time that a link was asked. */
export interface Asked {
  model: string;
  signal: AbortSignal;
  over: boolean;
}

const NAMES = ['m0', 'm1', 'm2', 'm3'];
const config = parseConfig(
  `weights: {${NAMES.map((name) => `w-${name}: { runtime: ollama, name: "${name}", size_gb: 1 }`)}}
models:
${NAMES.map((name) => `  ${name}: { weights: w-${name}, fallback: [${name === 'm0' ? NAMES.slice(1) : ''}] }`).join('\n')}
`,
  'made up',
);
/** Four of them, `m0` to `m3`. */
export const LINKS = chainOf(config, 'm0');

/** A chain whose n-th link plays the n-th part, whatever the parts are at that moment; `asked` hears of each call. */
export function madeUpChain(
  parts: () => readonly Part[],
  tools: Parameters<typeof withFallback>[1],
  asked: Asked[],
): Complete {
  const steps = parts().map((_, index): Step => {
    const link = LINKS[index];
    if (!link) throw new Error('There are four links.');
    const play = async function* (_request: ChatRequest, signal: AbortSignal) {
      const own: Asked = { model: link.model, signal, over: false };
      asked.push(own);
      try {
        yield* played(parts()[index], link.model, signal);
      } finally {
        own.over = true;
      }
    };
    return { link, complete: withTimeouts(play, link, { lastSign: Number.NEGATIVE_INFINITY }) };
  });
  return withFirstCall(withFallback(steps, tools));
}

async function* played(part: Part | undefined, model: string, signal: AbortSignal) {
  if (!part) throw new Error(`${model} has no part.`);
  if (part.loads) for (const state of ['loading', 'loaded'] as const) yield { type: 'load' as const, state };
  for (const one of part.says) {
    await pause(TOKEN_MS, signal);
    signal.throwIfAborted();
    yield one;
  }
  await pause(part.ending.kind === 'hangs' ? 1e9 : TOKEN_MS, signal);
  signal.throwIfAborted();
  if (part.ending.kind === 'throws') throw new TypeError('undefined is not a function');
  if (part.ending.kind === 'refuses') throw new ApiError(400, `${model} cannot do that.`);
  if (part.ending.kind === 'fails')
    throw new LinkFailure(part.ending.reason, `${model} failed`, { counts: part.ending.counts });
  const usage = { promptTokens: 1, completionTokens: part.says.length };
  if (part.ending.kind === 'answers')
    yield { type: 'finish' as const, reason: 'stop' as const, usage, loadS: null };
}

/** Lets time pass until it is over. */
export async function settled<T>(running: Promise<T>): Promise<T> {
  let over = false;
  const end = running.finally(() => {
    over = true;
  });
  // What it throws is for whoever gets it.
  end.catch(() => undefined);
  while (!over) await vi.advanceTimersToNextTimerAsync();
  return end;
}
