import type { ChatModelFunctions, GbnfJsonSchema, Llama, LlamaGrammar } from 'node-llama-cpp';
import type { Format, Json, JsonObject, Tool } from '../../chat/types.ts';
import { messageOf } from '../../errors.ts';
import { EngineFault } from './engine-fault.ts';

/** Keywords that narrow what fits and that a grammar cannot keep: promising them would be a lie. */
const INEXPRESSIBLE = [
  'allOf',
  'not',
  'if',
  'pattern',
  'patternProperties',
  'dependentSchemas',
  'propertyNames',
];

type SchemaArgument = Parameters<Llama['createGrammarForJsonSchema']>[0];

/** A grammar that lets only such JSON through. Throws `EngineFault` for a schema that no grammar expresses. */
export async function toGrammar(llama: Llama, format: Format): Promise<LlamaGrammar> {
  if (format.type === 'json_object')
    return llama.createGrammarForJsonSchema({ type: 'object', additionalProperties: true });
  try {
    return await llama.createGrammarForJsonSchema(toGbnf(format.schema, 'response_format') as SchemaArgument);
  } catch (error) {
    if (error instanceof EngineFault) throw error;
    throw new EngineFault(`The JSON Schema cannot be made into a grammar: ${messageOf(error)}.`, {
      code: 'unsupported',
      param: 'response_format',
    });
  }
}

/** Tools as the chat template is told about them; undefined when there are none. */
export function toFunctions(tools: readonly Tool[]): ChatModelFunctions | undefined {
  if (tools.length === 0) return undefined;
  return Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      { ...(description !== undefined && { description }), params: toGbnf(parameters, 'tools') },
    ]),
  );
}

/** JSON Schema as node-llama-cpp reads it: it knows `oneOf` and takes `anyOf` for nothing. */
function toGbnf(schema: JsonObject, param: string): GbnfJsonSchema {
  const convert = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
      if (INEXPRESSIBLE.includes(key) && typeof inner !== 'string')
        throw new EngineFault(
          `\`${key}\` in a JSON Schema cannot be kept by llama.cpp; write the schema without it.`,
          {
            code: 'unsupported',
            param,
          },
        );
      if (key === 'properties' && typeof inner === 'object' && inner !== null && !Array.isArray(inner))
        return [key, Object.fromEntries(Object.entries(inner).map(([name, of]) => [name, convert(of)]))];
      return [key === 'anyOf' ? 'oneOf' : key, key === 'enum' || key === 'const' ? inner : convert(inner)];
    });
    return Object.fromEntries(entries);
  };
  // The shape is checked by node-llama-cpp when it builds the grammar.
  return convert(schema) as GbnfJsonSchema;
}
