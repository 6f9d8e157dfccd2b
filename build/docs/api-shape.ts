import { blocks, table, wrapped } from './markdown.ts';
import {
  branchesOf,
  type Field,
  fieldsOf,
  orText,
  propertiesOf,
  type Schema,
  typeText,
} from './schema-text.ts';

const FIELD = ['field', 'type', 'what it is'];

/** The fields of an object; '' for what is none. */
export function fieldTable(schema: Schema): string {
  const fields = fieldsOf(schema);
  return fields.length === 0 ? '' : table(FIELD, fields.map(fieldRow));
}

/** That a count is not negative needs no words. */
const unbounded = (words: string): string => words.replace(/number from 0$/, 'number');

const fieldRow = ({ path, words, required, default: byDefault, description }: Field): string[] => [
  `\`${path}\``,
  orText(words.map(unbounded)) +
    (required ? '' : byDefault === undefined ? ', optional' : `, default ${JSON.stringify(byDefault)}`),
  description,
];

/** What a schema with a name is: its fields, or those of each of its kinds. */
export function shapeText(schema: Schema): string {
  const variants = branchesOf(schema).filter((branch) => propertiesOf(branch).length > 0);
  const told = variants.map(tellingField);
  if (variants.length < 2 || told.includes(null))
    return fieldTable(schema) || (variants.length === 0 ? wrapped(`One of ${typeText(schema)}.`) : '');
  return blocks(...variants.map((variant, i) => blocks(`With ${told[i]}:`, fieldTable(variant))));
}

/** The field by whose value one branch of a union is known; null when it has none. */
function tellingField(schema: Schema): string | null {
  const field = propertiesOf(schema).find(
    ([name, value]) => ['role', 'type'].includes(name) && ('const' in value || 'enum' in value),
  );
  return field ? `\`${field[0]}\` ${typeText(field[1])}` : null;
}
