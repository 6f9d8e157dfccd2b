import { DURATION } from '../../proxy/config/duration.ts';
import { anchor } from './markdown.ts';

/** JSON Schema in words. */

export type Schema = { [key: string]: unknown };

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** What a value may be: the branches of a union, null among them. */
export function branchesOf(schema: Schema): Schema[] {
  const all = schemasIn(schema.anyOf ?? schema.oneOf);
  if (all.length > 0) return all.flatMap(branchesOf);
  return Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type })) : [schema];
}

export const propertiesOf = ({ properties }: Schema): [string, Schema][] =>
  isSchema(properties)
    ? Object.entries(properties).filter((entry): entry is [string, Schema] => isSchema(entry[1]))
    : [];

export const itemsOf = ({ items }: Schema): Schema | null => (isSchema(items) ? items : null);

/** What all values of an object with free names are; null for another. */
export const valuesOf = ({ additionalProperties: values }: Schema): Schema | null =>
  isSchema(values) ? values : null;

export const literal = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** `a, b or c`, each once. */
export function orText(words: readonly string[]): string {
  const all = [...new Set(words)];
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

/** A type in a few words, such as "whole number from 1 to 16" or "text or null". */
export const typeText = (schema: Schema): string => orText(typeWords(schema));

/** Headers and parameters are texts, so nothing tells a text from a number. */
export const plainType = (schema: Schema): string => typeText(schema).replaceAll('"', '');

/** What a value may be, each in a few words. */
const typeWords = (schema: Schema): string[] =>
  branchesOf(schema).flatMap((branch) =>
    Array.isArray(branch.enum) && branch.type !== 'null' ? branch.enum.map(literal) : [wordsOf(branch)],
  );

function wordsOf(schema: Schema): string {
  const { $ref: reference, type } = schema;
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return `[${name}](#${anchor(name)})`;
  }
  if ('const' in schema) return literal(schema.const);
  if (type === 'array') return listText(schema);
  if (type === 'object') return objectText(schema);
  if (type === 'number' || type === 'integer') return numberText(schema);
  if (type === 'string') return schema.pattern === DURATION.source ? 'duration' : 'text';
  if (type === 'boolean') return 'true or false';
  return type === 'null' ? 'null' : 'any JSON';
}

function listText(schema: Schema): string {
  const items = itemsOf(schema);
  const { minItems = 0, maxItems } = schema;
  const what = items ? typeText(items) : 'any JSON';
  const many =
    what === 'object' ? 'objects' : what === 'text' ? 'texts' : what.includes(' or ') ? `(${what})` : what;
  const amount =
    maxItems === undefined
      ? minItems === 0
        ? ''
        : `${minItems} or more `
      : `${minItems === 0 ? 'up' : minItems} to ${maxItems} `;
  return `list of ${amount}${many}`;
}

const plural = (what: string): string => (/(text|object|number)$/.test(what) ? `${what}s` : what);

function objectText(schema: Schema): string {
  const values = valuesOf(schema);
  if (!values || propertiesOf(schema).length > 0) return 'object';
  const what = typeText(values);
  return what === 'any JSON' ? 'object' : `map of ${plural(what)}`;
}

function numberText({ type, exclusiveMinimum, ...bounds }: Schema): string {
  const kind = type === 'integer' ? 'whole number' : 'number';
  // What JavaScript can count is no bound that anybody set.
  const [least, most] = [bounds.minimum, bounds.maximum].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : null,
  );
  if (exclusiveMinimum !== undefined) return `${kind} above ${exclusiveMinimum}`;
  if (least !== null && most !== null) return `${kind} from ${least} to ${most}`;
  if (least !== null) return `${kind} from ${least}`;
  return most === null ? kind : `${kind} to ${most}`;
}

/** A field, by its path in the whole: `choices[].message.content`. */
export interface Field {
  path: string;
  /** What it may be, each in a few words. */
  words: string[];
  required: boolean;
  default: unknown;
  description: string;
}

/** All fields of an object, those of objects within it too. Unions give the fields of all their branches. */
export function fieldsOf(schema: Schema, prefix = ''): Field[] {
  const found = new Map<string, Field & { in: number }>();
  const branches = branchesOf(schema).filter((branch) => propertiesOf(branch).length > 0);
  for (const branch of branches) {
    const required = Array.isArray(branch.required) ? branch.required : [];
    for (const [name, property] of propertiesOf(branch)) {
      const path = prefix + name;
      const fields = [ownField(path, property, required.includes(name)), ...inner(property, path)];
      for (const field of fields) {
        const before = found.get(field.path);
        found.set(field.path, before ? { ...joined(before, field), in: before.in + 1 } : { ...field, in: 1 });
      }
    }
  }
  return [...found.values()].map(({ in: times, ...field }) => ({
    ...field,
    required: field.required && (times >= branches.length || field.path.slice(prefix.length).includes('.')),
  }));
}

const ownField = (path: string, schema: Schema, required: boolean): Field => ({
  path,
  words: typeWords(schema),
  required,
  default: schema.default,
  description: typeof schema.description === 'string' ? schema.description : '',
});

function inner(schema: Schema, path: string): Field[] {
  const objects = branchesOf(schema).filter((branch) => branch.type === 'object');
  const lists = branchesOf(schema)
    .map(itemsOf)
    .filter((items) => items !== null);
  return [
    ...fieldsOf({ anyOf: objects }, `${path}.`),
    ...lists.flatMap((items) => fieldsOf(items, `${path}[].`)),
  ];
}

function joined(one: Field, other: Field): Field {
  return {
    ...one,
    words: [...one.words, ...other.words],
    required: one.required && other.required,
    description: one.description || other.description,
  };
}
