/** A line of the table. */
export interface Row {
  what: string;
  measured: string;
  /** What is compared with the aim. */
  value: number;
  /** What it should not exceed, or with `least` fall below; null where there is no such aim. */
  aim: number | null;
  least?: boolean;
}

export const ms = (value: number): string => `${value.toFixed(2)} ms`;

/** The tables' shape: what, measured, the ratio, and what it should be. */
export function print(rows: Row[]): void {
  const cells = rows.map(({ what, measured, value, aim, least = false }) => {
    const met = aim === null || (least ? value >= aim : value <= aim);
    const bound = aim === null ? '' : `at ${least ? 'least' : 'most'} ${aim}${met ? '' : '  MISSED'}`;
    return [what, measured, value.toFixed(2), bound];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((cell) => cell[column]?.length ?? 0)));
  for (const cell of cells)
    console.log(
      cell
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    );
}
