import type { AppSettings, LogLine, Pressure, PressureLevel } from '../proxy/contract.ts';

/** Something to tell a person. */
export interface Notice {
  title: string;
  body: string;
  /** Offers to unload all models. */
  offersCooling: boolean;
}

const RANK: Record<PressureLevel, number> = { normal: 0, warn: 1, critical: 2 };
/** The same again is no news; worse is, at once. */
const SAME_LEVEL_S = 600;
const DEMOTIONS_S = 300;
const BREAKS_S = 60;

/** What is worth a notification, and what would only be noise. `now`: seconds, monotonic. */
export class NoticePolicy {
  readonly #now: () => number;
  readonly #settings: () => AppSettings;
  #told: { level: PressureLevel; at: number } | null = null;
  #level: PressureLevel = 'normal';
  #demotionAt: number | null = null;
  #unsaid = 0;
  #brokeAt: number | null = null;

  constructor(settings: () => AppSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Of a pressure that was told; null when it needs no telling. */
  pressure({ level, why }: Pressure): Notice | null {
    const before = this.#level;
    this.#level = level;
    if (RANK[level] <= RANK[before] || !this.#settings().notifyPressure) return null;
    const told = this.#told;
    const recent = told !== null && this.#now() - told.at < SAME_LEVEL_S;
    if (recent && RANK[level] <= RANK[told.level]) return null;
    this.#told = { level, at: this.#now() };
    return {
      title: level === 'critical' ? 'Memory is critical' : 'Memory is getting tight',
      body: why === null ? 'Models that are not needed now can be unloaded.' : sentence(why),
      offersCooling: true,
    };
  }

  /** Of a request that has ended; null when it needs no telling. */
  request({ demoted, model, served_by, degraded_reason }: LogLine): Notice | null {
    if (!demoted || served_by === null || !this.#settings().notifyDemotion) return null;
    if (this.#demotionAt !== null && this.#now() - this.#demotionAt < DEMOTIONS_S) {
      this.#unsaid += 1;
      return null;
    }
    const more = this.#unsaid === 0 ? '' : ` ${this.#unsaid} more since the last notification.`;
    this.#demotionAt = this.#now();
    this.#unsaid = 0;
    const why = degraded_reason ? ` (${degraded_reason.replaceAll('_', ' ')})` : '';
    return {
      title: `${model} → ${served_by}`,
      body: `A smaller model answered${why}.${more}`,
      offersCooling: false,
    };
  }

  /** Of an error that nobody caught; `log` says more of it. What breaks again and again is told once a minute. */
  broke(log: string): Notice | null {
    if (this.#brokeAt !== null && this.#now() - this.#brokeAt < BREAKS_S) return null;
    this.#brokeAt = this.#now();
    return {
      title: 'Something in Toaster broke',
      body: `It goes on; ${log} says more.`,
      offersCooling: false,
    };
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
