const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** What a duration may look like; also the pattern in the JSON Schema. */
export const DURATION = /^(?:0|forever|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)$/;

/** Seconds of a duration such as `30s`, `15m` or `1h30m`; `forever` is Infinity. The text must match `DURATION`. */
export function durationSeconds(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return seconds;
}
