/** What stands for a value that is not known. */
export const UNKNOWN = '–';

/** Bytes as a person says them: `6.6 GB`, `512 MB`. Decimal, as in the config and in `ask --status`. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (value === 0) return '0';
  if (value < 0.995e9) return `${Math.max(1, Math.round(value / 1e6))} MB`;
  return `${(value / 1e9).toFixed(value < 99.95e9 ? 1 : 0)} GB`;
}

/** A size, with a tilde when it is an estimate. */
export function sizeOf({ size, measured }: { size: number; measured: boolean }): string {
  return `${measured ? '' : '~'}${bytes(size)}`;
}

/** Events per second: `0`, `12`, `1.4k`. */
export function rate(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return value > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}
