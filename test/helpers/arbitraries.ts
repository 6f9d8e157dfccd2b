import fc from 'fast-check';

/** What property tests of several places feed their subjects with. */

/** Text with everything in it that JavaScript allows: halves of surrogate pairs, controls, line separators, names of Object's own. */
export const anyText = (constraints: fc.StringConstraints = {}): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', ...constraints }) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', ...constraints }) },
    { weight: 1, arbitrary: fc.string({ unit: codeUnit, ...constraints }) },
    { weight: 1, arbitrary: awkward.filter((text) => text.length >= (constraints.minLength ?? 0)) },
  );

const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

/** Names that every object has without having been given them. */
export const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

const awkward = fc.constantFrom(
  ...INHERITED,
  ...[
    '',
    ' ',
    '\ud800',
    '\udc00x',
    '\u2028',
    '\u2029',
    '\r',
    '\r\n',
    '\n\n',
    '\0',
    '\ufeff',
    '-',
    '--',
    '🍞',
  ],
);

/** A text or bytes cut into pieces anywhere. */
export function slices<T extends string | Uint8Array>(whole: T, cuts: readonly number[]): T[] {
  const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  const slice = (from: number, to: number): T => whole.slice(from, to) as T;
  return [0, ...at].map((from, i) => slice(from, at[i] ?? whole.length));
}

/** Where to cut. */
export const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });
