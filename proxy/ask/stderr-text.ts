import type { Receipt } from '../contract.ts';

/** Lines that `ask` prints on stderr. */

/**
 * `[degraded: fast-9b → fast-1b] timeout: ...`, or null when the model that was asked for answered; what a council that
 * did was short of, it has told itself.
 */
export function degradedNote({ demoted, model, served_by, attempts }: Receipt): string | null {
  if (!demoted || served_by === model) return null;
  const [first] = attempts;
  return `[degraded: ${model} → ${served_by}]${first ? ` ${first.reason}: ${first.detail}` : ''}`;
}

/** One line when the model was loaded although it exceeds what was free. */
export function memoryNote({ memory, served_by }: Receipt): string | null {
  return memory === 'tight'
    ? `[memory: tight] ${served_by} exceeds what is free and runs alone; the machine may page`
    : null;
}

/** What to know about an answer that has ended: that it was cut. */
export function endNote({ finish, tokens_out }: Receipt): string | null {
  if (finish !== 'length') return null;
  return `[cut: the answer reached its limit${tokens_out === null ? '' : ` at ${tokens_out} tokens`}; see --max-tokens]`;
}
