/** Text that roff takes for text: no dash becomes a hyphen, and no line a request. */
export function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
}

/** Names with what they mean, as a manual page lists them. */
export function listed(rows: readonly [string, string][]): string[] {
  return rows.flatMap(([left, right]) => ['.TP', `.B ${roff(left.trim())}`, roff(right)]);
}
