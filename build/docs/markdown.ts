/** Markdown that reads well as it is, in a terminal, and as a page. */

/** What fits in a terminal that is not narrow. */
const WIDEST = 120;

/** A table; a list, where the table would be too wide to read. The first column is what a row is about. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = titles.map((_, i) => i === 0 || rows.some((row) => row[i] !== ''));
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => used[i]);
  const shown = kept(titles);
  const cells = rows.map((row) => kept(row));
  const escaped = cells.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = shown.map((title, i) =>
    Math.max(title.length, ...escaped.map((row) => row[i]?.length ?? 0)),
  );
  if (widths.reduce((sum, width) => sum + width + 3, 1) > WIDEST) return list(shown, cells);
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(shown), line(widths.map((width) => '-'.repeat(width))), ...escaped.map(line)].join('\n');
}

/** `- name (type, default 5m): what it means` */
function list(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows
    .map(([name = '', ...rest]) => {
      const told = rest.map((cell, i) =>
        titles[i + 1] === 'default' && cell !== '' ? `default ${cell}` : cell,
      );
      const facts = told.slice(0, -1).filter((cell) => cell !== '');
      const meaning = rest.at(-1) ?? '';
      return wrapped(
        `- ${name}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}${meaning === '' ? '' : `: ${meaning}`}`,
      );
    })
    .join('\n');
}

/** A paragraph, or an item of a list, in lines that fit. Nothing between backticks or brackets is torn apart. */
export function wrapped(text: string): string {
  const indent = text.startsWith('- ') ? '  ' : '';
  const words = text.match(/(?:`[^`]*`|\[[^\]]*\]\([^)]*\)|\S)+/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= WIDEST || line === '') line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}

/** Blocks with an empty line between them. */
export const blocks = (...all: readonly (string | false | undefined)[]): string =>
  all.filter((block) => block !== false && block !== undefined && block !== '').join('\n\n');

/** The anchor of a heading, as GitHub makes it. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
