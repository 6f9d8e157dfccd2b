import * as z from 'zod';
import { configSchema } from './schema.ts';

type Node = { [key: string]: unknown };

/**
 * The JSON Schema of the config file, for editors, derived from the validator. The file is laid over the built-in
 * config, so nothing is required in it, and `null` takes a built-in entry away.
 */
export function configJsonSchema(): Node {
  const schema = relax(z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }));
  return { ...schema, title: "Toaster's config", description: '~/.config/ask/config.yaml' };
}

function relax(node: Node): Node {
  const result: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'required' && Array.isArray(value)) continue;
    // With nothing required, more than one branch of a union may fit.
    if (key === 'oneOf') result.anyOf = relaxAny(value);
    else if (key === 'additionalProperties' && isNode(value))
      result[key] = { anyOf: [relax(value), { type: 'null' }] };
    else result[key] = relaxAny(value);
  }
  return result;
}

function relaxAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relaxAny);
  return isNode(value) ? relax(value) : value;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
