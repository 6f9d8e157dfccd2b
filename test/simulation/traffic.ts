import { seeded } from '../helpers/seeded.ts';

/** A request of the script. */
export interface Planned {
  /** Seconds from the beginning. */
  at: number;
  model: string;
  tokens: number;
}

export const HOUR_S = 3600;
export const HEAVY = 'coder-30b';

/** When Ollama puts the 9B out by itself, as it does when another program asks it for something. Seconds. */
export const EVICTIONS = [600, 1990, 2700];

/** An hour of somebody's work. It is the same each time. */
export function traffic(): Planned[] {
  const random = seeded(11436);
  const interactive = Array.from({ length: 80 }, (_, i) => ({
    at: i * 45 + random() * 40,
    model: 'fast-9b',
    tokens: 40 + Math.floor(random() * 40),
  }));
  const cron = [900, 2400].flatMap((at) =>
    Array.from({ length: 12 }, (_, i) => ({ at: at + i * 1.5, model: 'fast-3b', tokens: 60 })),
  );
  // At bad moments: while the 9B answers, within a burst of cron, two of them together, just after an eviction.
  const busy = (interactive[6]?.at ?? 0) + 1;
  const heavy = [busy, 905, 1680, 1695, 1992].map((at) => ({ at, model: HEAVY, tokens: 200 }));
  return [...interactive, ...cron, ...heavy].sort((a, b) => a.at - b.at);
}
