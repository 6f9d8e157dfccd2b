import type { ModelStatus } from '../../proxy/contract.ts';
import { left } from '../format/time.ts';

/** What the ring around a model shows: how full, or that nobody knows how far it is. */
export type Ring = { kind: 'empty' } | { kind: 'part'; part: number } | { kind: 'moving' };

/** A model at a moment: in words and as a ring. */
export interface Warmth {
  words: string;
  ring: Ring;
  /** Whether a second changes it. */
  ticks: boolean;
}

/** How warm a model is `passed` seconds after its status was told. */
export function warmthOf(model: ModelStatus, passed: number): Warmth {
  const { state, loading, in_flight, expires_in_s, keep_alive_s, pinned } = model;
  if (state === 'loading') return loadingOf(loading, passed);
  if (state === 'remote')
    return {
      words: in_flight > 0 ? 'answering elsewhere' : 'on another machine',
      ring: { kind: 'part', part: 1 },
      ticks: false,
    };
  if (state === 'cold')
    return { words: pinned ? 'cold, waits for room' : 'cold', ring: { kind: 'empty' }, ticks: false };
  const full: Ring = { kind: 'part', part: 1 };
  if (in_flight > 0) return { words: 'answering', ring: full, ticks: false };
  if (pinned) return { words: 'stays warm', ring: full, ticks: false };
  if (expires_in_s === null) return { words: 'warm', ring: full, ticks: false };
  const rest = Math.max(0, expires_in_s - passed);
  const part = keep_alive_s ? Math.min(1, rest / keep_alive_s) : 1;
  return { words: `warm for ${left(rest)}`, ring: { kind: 'part', part }, ticks: rest > 0 };
}

function loadingOf(loading: ModelStatus['loading'], passed: number): Warmth {
  if (!loading) return { words: 'loading', ring: { kind: 'moving' }, ticks: false };
  const elapsed = loading.elapsed_s + passed;
  const words = `loading, ${left(elapsed)}`;
  const { expected_s } = loading;
  if (!expected_s) return { words, ring: { kind: 'moving' }, ticks: true };
  // Full only once it is there: a load that takes longer than the last one waits just before the end.
  const part = Math.min(0.97, elapsed / expected_s);
  return { words: `${words} of about ${left(expected_s)}`, ring: { kind: 'part', part }, ticks: true };
}
