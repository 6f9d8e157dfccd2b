import type { Json } from './chat/types.ts';
import { ApiError, messageOf } from './errors.ts';

/** Deeper than any schema that a person writes; what works on JSON recursively does not come near its end. */
const DEEPEST = 100;
/** Items and fields together. To parse millions takes seconds, and to complain about each of them a gigabyte. */
const MOST_VALUES = 100_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `[` and `{` with this bit set, `]` and `}` likewise. */
const BRACE_BIT = 0x20;
const OPENS = 0x7b;
const CLOSES = 0x7d;

/**
 * JSON that somebody else wrote. `what` names it in errors, `param` the field. Throws `ApiError` 400 where it is broken,
 * nested too deep, or has too many values.
 */
export function parseJson(text: string, what: string, param?: string): Json {
  const refuse = (says: string, code: string): ApiError =>
    new ApiError(400, `${what} ${says}.`, { code, ...(param !== undefined && { param }) });
  const { depth, values } = measure(text);
  if (depth > DEEPEST) throw refuse(`is nested deeper than ${DEEPEST} levels`, 'too_deep');
  if (values > MOST_VALUES) throw refuse(`has more than ${MOST_VALUES} values`, 'too_many_values');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(`is not JSON: ${withoutQuotes(messageOf(error))}`, 'invalid_json');
  }
}

/** The engine quotes what it read, and errors go to the log, where no prompt may be. */
const withoutQuotes = (message: string): string => message.replace(/, (?:\.\.\.)?".*$/s, '');

/** How deep it goes and how many commas it has, up to the first that is too many. Looks at no string's inside. */
function measure(text: string): { depth: number; values: number } {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === QUOTE) i = endOfString(text, i);
    else if (sign === COMMA) values += 1;
    else if ((sign | BRACE_BIT) === OPENS) depth += 1;
    else if ((sign | BRACE_BIT) === CLOSES) depth -= 1;
    if (depth > DEEPEST || values > MOST_VALUES) break;
  }
  return { depth, values };
}

/** Where the string that begins at `start` ends: at a quote that no backslash takes away. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
