/** How a value is read from an answer's line; null where there is none, or more than one. */

/** Without remarks in brackets, unless these are all there is. */
export function withoutRemarks(line: string): string {
  const rest = line.replace(/\s*\([^)]*\)/g, '').trim();
  return rest === '' ? line : rest;
}

/** `$1,234.50`, `12 km/h`, `6 * 7 = 42`, `12,5 %`: signs, separators and units do not count. */
export function readNumber(line: string): number | null {
  const text = (withoutRemarks(line).split(/[=≈]/).at(-1) ?? '')
    .replace(/(?<=\d)[ ',](?=\d{3}(?!\d))/g, '')
    .replace(/(?<=\d),(?=\d{1,2}(?!\d))/g, '.');
  // A digit in a word, as in `m2`, is no number of its own; nor is the dash of a range or of an item a sign.
  return only([...text.matchAll(/(?<![\p{L}\d.])-?\d+(?:\.\d+)?/gu)].map(([found]) => Number(found)));
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const NUMERIC = /\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b/g;
const DAY_FIRST = /\b(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+([a-z]{3,})\.?,?\s+(\d{4})\b/gi;
const MONTH_FIRST = /\b([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b/gi;

/** A date as YYYY-MM-DD, from that or from words in either order; numbers that may mean two dates are not read. */
export function readDate(line: string): string | null {
  const all = [
    ...[...line.matchAll(NUMERIC)].map(([, y, m, d]) => isoDate(y, Number(m), d)),
    ...[...line.matchAll(DAY_FIRST)].map(([, d, m, y]) => isoDate(y, monthNumber(m), d)),
    ...[...line.matchAll(MONTH_FIRST)].map(([, m, d, y]) => isoDate(y, monthNumber(m), d)),
  ];
  return only(all.filter((date) => date !== null));
}

/** From `Sep`, `Sept` or `September`; 0 for other words. */
function monthNumber(word = ''): number {
  return MONTHS.findIndex((month) => month.startsWith(word.toLowerCase())) + 1;
}

function isoDate(year: string | undefined, month: number, day: string | undefined): string | null {
  return month === 0 ? null : `${year}-${String(month).padStart(2, '0')}-${day?.padStart(2, '0')}`;
}

const CLOCK = /\b(\d{1,2})(?:[:.h](\d{2})(?::\d{2})?)?(?:\s*([ap])\.?m\b\.?)?/gi;

/** A time of day as HH:MM of 24 hours, also from `9:53 pm`. */
export function readTime(line: string): string | null {
  const times = [...line.matchAll(CLOCK)].flatMap(([, hours, minutes, half]) => {
    if (minutes === undefined && half === undefined) return [];
    const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/i.test(half) ? 12 : 0);
    return [`${String(hour).padStart(2, '0')}:${minutes ?? '00'}`];
  });
  return only(times);
}

/** The one of the choices that is named. `not Ben` does not name Ben. */
export function readChoice(line: string, choices: readonly string[]): string | null {
  const text = withoutRemarks(line);
  return only(
    choices.filter((choice) =>
      new RegExp(`(?<![\\p{L}\\d])(?<!\\bnot )${choice}(?![\\p{L}\\d])`, 'iu').test(text),
    ),
  );
}

/** As it is compared: in small letters, with single spaces, without what stands around it. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'[(<#-]+|[\s"'\])>.,;]+$/g, '');
}

/** The items between commas, semicolons, arrows or the word `and`; in a line without any, its words. */
export function readList(line: string): string[] {
  const split = (separator: RegExp): string[] =>
    line
      .split(separator)
      .map((item) => fold(item.replace(/^\s*\d+[.)]\s+/, '')))
      .filter((item) => item !== '');
  const items = split(/[,;&>→|]|-\s|\band\b/i);
  return items.length > 1 ? items : split(/\s/);
}

/** What all say; null when they differ or there is none. */
function only<T>(values: readonly T[]): T | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}
