type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Something that fits a JSON Schema: the least of it. */
export function instanceOf(schema: unknown): unknown {
  if (!isSchema(schema)) return null;
  if ('const' in schema) return schema.const;
  for (const key of ['enum', 'anyOf', 'oneOf']) {
    const [first] = Array.isArray(schema[key]) ? schema[key] : [];
    if (first !== undefined) return key === 'enum' ? first : instanceOf(first);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || isSchema(schema.properties)) {
    const properties = isSchema(schema.properties) ? schema.properties : {};
    return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, instanceOf(inner)]));
  }
  if (type === 'array') return schema.minItems ? [instanceOf(schema.items)] : [];
  if (type === 'string') return 'text';
  if (type === 'boolean') return true;
  return type === 'null' ? null : 1;
}
