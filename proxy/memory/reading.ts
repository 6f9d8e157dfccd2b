import type { MemoryRates, PressureLevel } from '../contract.ts';

/** Counters since boot, in events. Null where the platform does not tell. */
export type MemoryCounters = { [K in keyof MemoryRates]: number | null };

/** A platform that counts nothing. */
export const NO_COUNTERS: MemoryCounters = {
  pageouts: null,
  pageins: null,
  swapouts: null,
  decompressions: null,
  major_faults: null,
};

/** What one look at the platform gives; rates come from the difference of two. Sizes are bytes. */
export interface MemoryReading {
  total: number;
  available: number | null;
  swapUsed: number | null;
  kernelLevel: PressureLevel | null;
  stalled: number | null;
  counters: MemoryCounters;
}

/** Events per second between two readings; null where one of them has no figure, or the counter began anew. */
export function ratesBetween(before: MemoryCounters, after: MemoryCounters, seconds: number): MemoryRates {
  const rate = (key: keyof MemoryRates): number | null => {
    const [first, second] = [before[key], after[key]];
    return first === null || second === null || seconds <= 0 || second < first
      ? null
      : (second - first) / seconds;
  };
  return {
    pageouts: rate('pageouts'),
    pageins: rate('pageins'),
    swapouts: rate('swapouts'),
    decompressions: rate('decompressions'),
    major_faults: rate('major_faults'),
  };
}
