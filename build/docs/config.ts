import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { configSchema } from '../../proxy/config/schema.ts';
import { blocks, table, wrapped } from './markdown.ts';
import {
  branchesOf,
  type Field,
  fieldsOf,
  orText,
  propertiesOf,
  type Schema,
  typeText,
  valuesOf,
} from './schema-text.ts';

const EXAMPLE = new URL('../../proxy/config/config.example.yaml', import.meta.url);

const KEY = ['key', 'type', 'default', 'what it is'];

/** `docs/config.md`: the schema of the config, with the commented example, which is what is built in, beside it. */
export function configReference(): string {
  const example = sectionsOf(readFileSync(EXAMPLE, 'utf8'));
  return `${blocks(
    '# Config reference',
    '<!-- Written by `npm run docs` from proxy/config/schema.ts and config.example.yaml; do not edit. -->',
    wrapped(
      'The file is `~/.config/ask/config.yaml`; `ASK_CONFIG` names another one. None is needed: what is built in is complete, and your file is laid over it, field by field. Lists are replaced whole, and `null` takes an entry away. A mistake is told with its line and what it should be; `ask --doctor` looks, too.',
    ),
    wrapped(
      'A change is in force after `kill -HUP`, a reload in the window or menu, or the next start. Editors complete the file with the schema that a running Toaster serves, once this is its first line:',
    ),
    '```yaml\n# yaml-language-server: $schema=http://127.0.0.1:11436/config.schema.json\n```',
    wrapped(
      'A **duration** is a number with its unit (`ms`, `s`, `m`, `h`, `d`), such as `30s` or `1h30m`, or `"0"`, or `forever`. What is **needed** in an entry of yours is built in for those that there are. The blocks below are what is built in, but for lines that begin with `#`.',
    ),
    ...propertiesOf(z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' })).map(([key, schema]) =>
      section(key, schema, example.get(key)),
    ),
  )}\n`;
}

function section(key: string, schema: Schema, example: string | undefined): string {
  const entries = branchesOf(schema).flatMap((branch): Schema[] =>
    valuesOf(branch) ? [valuesOf(branch) as Schema] : [],
  );
  const shape: Schema = entries[0] ?? schema;
  return blocks(
    `## ${key}`,
    typeof schema.description === 'string' && wrapped(schema.description),
    example && `\`\`\`yaml\n${example}\n\`\`\``,
    ...(entries.length > 0 ? variants(shape) : [keys(fieldsOf(schema)) || oneValue(schema)]),
  );
}

/** An entry of a map: each kind of it has its own keys. */
function variants(schema: Schema): string[] {
  const all = branchesOf(schema).filter((branch) => propertiesOf(branch).length > 0);
  if (all.length === 0) return [wrapped(`Each is ${typeText(schema)}.`)];
  if (all.length === 1) return ['Each has:', ...all.map((one) => keys(fieldsOf(one)))];
  return all.flatMap((one) => [`${nameOf(one)}:`, keys(fieldsOf(one))]);
}

const nameOf = (schema: Schema): string => {
  const kind = propertiesOf(schema).find(([, value]) => 'const' in value);
  if (kind) return `With \`${kind[0]}: ${String(kind[1].const)}\``;
  return typeof schema.description === 'string' ? schema.description.replace(/\.$/, '') : 'Each has';
};

const keys = (fields: readonly Field[]): string =>
  fields.length === 0
    ? ''
    : table(
        KEY,
        fields.map(({ path, words, required, default: byDefault, description }) => [
          `\`${path}\``,
          orText(words) + (required ? ', needed' : ''),
          byDefault === undefined || isEmptyObject(byDefault)
            ? ''
            : `\`${JSON.stringify(byDefault).replace(/^"(.*)"$/, '$1')}\``,
          description,
        ]),
      );

/** What stands for "as its own keys say". */
const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

function oneValue(schema: Schema): string {
  const byDefault =
    schema.default === undefined ? '' : `; where nothing is said, \`${String(schema.default)}\``;
  return wrapped(`It is ${typeText(schema)}${byDefault}.`);
}

/** The example cut at its top-level keys, each with the comment above it. */
function sectionsOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of text.split('\n\n')) {
    // One that is not set by itself stands there as a comment.
    const [, key] = /^(\w+):/m.exec(block) ?? /^# (\w+):/m.exec(block) ?? [];
    if (key !== undefined) found.set(key, block.trim());
  }
  return found;
}
