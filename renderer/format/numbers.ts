import { UNKNOWN } from './bytes.ts';
import { lazily } from './lazily.ts';

const whole = lazily(() => new Intl.NumberFormat('en-US'));
const short = lazily(() => new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }));

/** `12,345` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : whole().format(value);
}

/** `12.3K`, `4M` */
export function compact(value: number): string {
  return short().format(value);
}

/** A part of a whole, `38%`; nothing of nothing is unknown, not 0. */
export function percent(part: number, all: number): string {
  return all === 0 ? UNKNOWN : `${Math.round((part / all) * 100)}%`;
}

/** `1 request`, `3 requests` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Money in a currency; one that nobody knows stands behind the number. */
export function money(value: number, currency: string): string {
  const digits = value > 0 && value < 1 ? 3 : 2;
  try {
    return new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      maximumFractionDigits: digits,
    }).format(value);
  } catch (error) {
    if (error instanceof RangeError) return `${value.toFixed(digits)} ${currency}`;
    throw error;
  }
}
