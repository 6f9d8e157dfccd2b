import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchor, table, wrapped } from '../../build/docs/markdown.ts';
import { references } from '../../build/docs/references.ts';
import { fieldsOf, orText, typeText } from '../../build/docs/schema-text.ts';

/** The references in docs/, which are written from the code. */

describe('the references', () => {
  it.each(references().map((page): [string, typeof page] => [page.name, page]))(
    '%s is up to date',
    (_, { url, text }) => {
      expect(readFileSync(url, 'utf8') === text, 'run `npm run docs`').toBe(true);
    },
  );

  it.each(references().map((page): [string, string] => [page.name, page.text]))(
    '%s links to nothing that is not in it, and holds no value that nobody named',
    (_, text) => {
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
      const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link);
      expect(links.filter((link) => !anchors.includes(link ?? ''))).toEqual([]);
      expect(text).not.toMatch(/undefined|\[object|NaN|9007199254740991/);
    },
  );
});

describe('a table', () => {
  it('is one where it fits', () => {
    expect(
      table(
        ['key', 'type', 'what it is'],
        [
          ['`a`', 'text', 'a | b'],
          ['`bcd`', 'null', ''],
        ],
      ),
    ).toBe(
      '| key   | type | what it is |\n| ----- | ---- | ---------- |\n| `a`   | text | a \\| b     |\n| `bcd` | null |            |',
    );
  });

  it('is a list where it would be too wide, and has no column with nothing in it', () => {
    const long = 'word '.repeat(30).trim();
    const lines = table(['key', 'empty', 'default', 'what it is'], [['`a`', '', '5', long]]).split('\n');
    expect(lines[0]).toMatch(/^- `a` \(default 5\): word word/);
    expect(lines[1]).toMatch(/^ {2}word/);
    expect(table(['key', 'empty'], [['a', '']])).toBe('| key |\n| --- |\n| a   |');
  });
});

it('no code and no link is torn apart', () => {
  const code = `\`${'a b '.repeat(10)}\``;
  for (const line of wrapped(`${'word '.repeat(20)}${code}, then [a link](#x)`).split('\n'))
    expect((line.match(/`/g) ?? []).length % 2).toBe(0);
});

describe('a schema in words', () => {
  it.each([
    [{ type: 'integer', minimum: 1, maximum: 16 }, 'whole number from 1 to 16'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'number above 0'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] }, '`"a"`, `"b"` or null'],
    [{ type: 'array', items: { type: 'string' }, maxItems: 3 }, 'list of up to 3 texts'],
    [{ $ref: '#/components/schemas/LogLine' }, '[LogLine](#logline)'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'map of true or false'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'map of texts'],
    [{}, 'any JSON'],
  ])('%j', (schema, words) => {
    expect(typeText(schema)).toBe(words);
  });

  it('has the fields of all branches, needed where all need them', () => {
    const text = { type: 'string' };
    const fields = fieldsOf({
      anyOf: [
        {
          type: 'object',
          properties: { a: text, b: { type: 'object', properties: { c: text }, required: ['c'] } },
          required: ['a', 'b'],
        },
        { type: 'object', properties: { a: { type: 'null' } }, required: ['a'] },
      ],
    });
    expect(fields.map(({ path, words, required }) => [path, orText(words), required])).toEqual([
      ['a', 'text or null', true],
      ['b', 'object', false],
      ['b.c', 'text', true],
    ]);
  });
});
