/** How `ask`'s tables are set. */

/** Rows of cells as columns of text, two spaces apart. `right`: columns whose cells stand to the right. */
export function table(rows: string[][], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const set = (cell: string, column: number): string =>
    right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => `${row.map(set).join('  ').trimEnd()}\n`).join('');
}

/** Seconds as a person reads them: `350 ms`, `2.4 s`. */
export const took = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;

export const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
