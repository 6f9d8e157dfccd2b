const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of Ollama's `keep_alive`: a number, or a Go duration. Negative is for ever. Throws with Go's words. */
export function keepAliveSeconds(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = typeof value === 'number' ? value : parse(String(value));
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds;
}

function parse(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  if (digits === '0') return 0;
  if (/^\d+(\.\d+)?$/.test(digits)) throw new Error(`time: missing unit in duration "${text}"`);
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(digits)) throw new Error(`time: invalid duration "${text}"`);
  let seconds = 0;
  for (const [, amount, unit] of digits.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g))
    seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return negative ? -seconds : seconds;
}
