import { DURATION } from '../../proxy/config/duration.ts';
import { anchor } from './markdown.ts';

/** JSON Schema in words. */

export type Schema = { [key: string]: unknown };

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** What a value may be, the branches of a union; null among them. */
export const branchesOf = (schema: Schema): Schema[] => {
  const all = schemasIn(schema.anyOf ?? schema.oneOf);
  return all.length === 0 ? [schema] : all.flatMap(branchesOf);
};

export const propertiesOf = ({ properties }: Schema): [string, Schema][] =>
  isSchema(properties)
    ? Object.entries(properties).filter((entry): entry is [string, Schema] => isSchema(entry[1]))
    : [];

export const itemsOf = ({ items }: Schema): Schema | null => (isSchema(items) ? items : null);

/** What all values of an object with free names are; null for another. */
export const valuesOf = ({ additionalProperties: values }: Schema): Schema | null =>
  isSchema(values) ? values : null;

export const literal = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** A type in a few words, such as "whole number from 1 to 16" or "text or null". */
export function typeText(schema: Schema): string {
  const branches = branchesOf(schema);
  if (branches.length > 1) return [...new Set(branches.map(typeText))].join(' or ');
  const [only = schema] = branches;
  const { $ref: reference, type } = only;
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return `[${name}](#${anchor(name)})`;
  }
  if ('const' in only) return literal(only.const);
  if (Array.isArray(only.enum)) return only.enum.map(literal).join(', ');
  if (type === 'array') return listText(only);
  if (type === 'object') return objectText(only);
  if (type === 'number' || type === 'integer') return numberText(only);
  if (type === 'string') return only.pattern === DURATION.source ? 'duration' : 'text';
  if (type === 'boolean') return 'true or false';
  return type === 'null' ? 'null' : 'any JSON';
}

function listText(schema: Schema): string {
  const items = itemsOf(schema);
  const { minItems = 0, maxItems } = schema;
  const what = items ? typeText(items) : 'any JSON';
  const many = what === 'object' ? 'objects' : what.includes(' or ') ? `(${what})` : what;
  const amount =
    maxItems === undefined ? (minItems === 0 ? '' : `${minItems} or more `) : `${minItems} to ${maxItems} `;
  return `list of ${amount}${many}`;
}

function objectText(schema: Schema): string {
  const values = valuesOf(schema);
  if (!values || propertiesOf(schema).length > 0) return 'object';
  const what = typeText(values);
  return what === 'any JSON' ? 'object' : `names with ${what} each`;
}

function numberText({ type, minimum, maximum, exclusiveMinimum }: Schema): string {
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (exclusiveMinimum !== undefined) return `${kind} above ${exclusiveMinimum}`;
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${kind} from ${minimum}`;
  return maximum === undefined ? kind : `${kind} to ${maximum}`;
}

/** A field, by its path in the whole: `choices[].message.content`. */
export interface Field {
  path: string;
  type: string;
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
  type: typeText(schema),
  required,
  default: schema.default,
  description: typeof schema.description === 'string' ? schema.description : '',
});

function inner(schema: Schema, path: string): Field[] {
  const objects = branchesOf(schema).filter((branch) => branch.type === 'object');
  const lists = branchesOf(schema).flatMap((branch) => itemsOf(branch) ?? []);
  return [
    ...fieldsOf({ anyOf: objects }, `${path}.`),
    ...lists.flatMap((items) => fieldsOf(items, `${path}[].`)),
  ];
}

function joined(one: Field, other: Field): Field {
  const types = new Set([...one.type.split(' or '), ...other.type.split(' or ')]);
  return {
    ...one,
    type: [...types].join(' or '),
    required: one.required && other.required,
    description: one.description || other.description,
  };
}
