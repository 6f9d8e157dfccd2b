import type { MemorySample, Pressure, PressureLevel } from '../contract.ts';

/** Signs of trouble and from where on they are one. */
export interface PressureLimits {
  /** Pages swapped out per second. */
  swapouts: { warn: number; critical: number };
  /** Decompressions per second (macOS). */
  decompressions: { warn: number; critical: number };
  /** Percent of time in which something waited for memory (Linux). */
  stalled: { warn: number; critical: number };
  /** For how long a sign must hold before it counts, in seconds: a single burst is no trouble. */
  riseS: number;
  /** For how long all must be well before the level falls, in seconds. */
  fallS: number;
}

/**
 * A page is 16 kB on a Mac and 4 kB on most Linux machines. The figures are where a person begins to feel it, and were
 * chosen, not measured on a Mac.
 */
export const DEFAULT_LIMITS: PressureLimits = {
  swapouts: { warn: 200, critical: 4000 },
  decompressions: { warn: 5000, critical: 50_000 },
  stalled: { warn: 10, critical: 40 },
  riseS: 4,
  fallS: 20,
};

const ORDER: PressureLevel[] = ['normal', 'warn', 'critical'];
const rank = (level: PressureLevel): number => ORDER.indexOf(level);

interface Sign {
  level: PressureLevel;
  why: string;
}

/** Follows samples and says how tight memory is: quick to notice what lasts, slow to call it over. */
export class PressureGauge {
  readonly #limits: PressureLimits;
  #current: Pressure;
  /** Since when the signs are worse, or better, than the level. */
  #changing: { toward: 'up' | 'down'; since: number; level: PressureLevel } | null = null;

  /** `now`: seconds since 1970. */
  constructor(now: number, limits: PressureLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
    this.#current = { level: 'normal', why: null, since: now };
  }

  get current(): Pressure {
    return this.#current;
  }

  /** Takes a sample in; the new state when the level has changed, else null. `culprit` names who grew. */
  take(sample: MemorySample, culprit: string | null): Pressure | null {
    const sign = signOf(sample, this.#limits);
    if (sign.level === this.#current.level) {
      this.#changing = null;
      return null;
    }
    const toward = rank(sign.level) > rank(this.#current.level) ? 'up' : 'down';
    if (this.#changing?.toward !== toward) this.#changing = { toward, since: sample.ts, level: sign.level };
    // Of several levels on the way only what held all the time counts: the mildest going up, the worst going down.
    const milder = rank(sign.level) < rank(this.#changing.level);
    if (toward === 'up' ? milder : !milder) this.#changing.level = sign.level;
    const held = sample.ts - this.#changing.since;
    // The kernel has thought about it already.
    const kernelSays = toward === 'up' && sample.kernel_level === sign.level;
    if (!kernelSays && held < (toward === 'up' ? this.#limits.riseS : this.#limits.fallS)) return null;
    const level = kernelSays ? sign.level : this.#changing.level;
    this.#changing = null;
    const why = level === 'normal' ? null : culprit === null ? sign.why : `${sign.why}; ${culprit}`;
    this.#current = { level, why, since: sample.ts };
    return this.#current;
  }
}

/** What one sample alone says. */
function signOf({ kernel_level, rates, stalled }: MemorySample, limits: PressureLimits): Sign {
  const measured: [number | null, { warn: number; critical: number }, (value: string) => string][] = [
    [rates.swapouts, limits.swapouts, (value) => `${value} pages a second are swapped out`],
    [rates.decompressions, limits.decompressions, (value) => `${value} pages a second are decompressed`],
    [stalled, limits.stalled, (value) => `programs wait for memory ${value}% of the time`],
  ];
  const signs = measured.map(([value, limit, words]): Sign => {
    const level =
      value === null || value < limit.warn ? 'normal' : value < limit.critical ? 'warn' : 'critical';
    return { level, why: words(String(Math.round(value ?? 0))) };
  });
  if (kernel_level !== null)
    signs.push({ level: kernel_level, why: `the system says that memory is ${kernel_level}` });
  return signs.reduce((worst, sign) => (rank(sign.level) > rank(worst.level) ? sign : worst), {
    level: 'normal',
    why: '',
  });
}
