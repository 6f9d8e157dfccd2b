import * as z from 'zod';
import { asWell } from '../as-well.ts';
import { functionName, schemaObject } from '../tools.ts';

/** `tools` and `tool_choice` of a request for a response. Source: OpenAI's API reference, responses. */

const functionTool = z.object({
  type: z.literal('function'),
  name: functionName,
  description: z.string().nullable().default(null),
  parameters: schemaObject.nullable().default(null),
  strict: z.boolean().nullable().default(null),
});

/** A tool that OpenAI runs, or one that takes text which is no JSON. `name`: what it is called, else what kind it is. */
const otherTool = z.object({ type: z.literal('other'), name: z.string() });

const OTHERS = asWell({ type: 'object', description: 'A tool of another type: left out, and named.' });

const member = z
  .preprocess((tool) => orOther(tool, ['function']), z.discriminatedUnion('type', [functionTool, otherTool]))
  .meta(OTHERS);

/** Functions under one name: this is how Codex sends those of an MCP server. */
const namespaceTool = z.object({
  type: z.literal('namespace'),
  name: functionName,
  description: z.string().nullable().default(null),
  tools: z.array(member),
});

export const tool = z
  .preprocess(
    (given) => orOther(given, ['function', 'namespace']),
    z.discriminatedUnion('type', [functionTool, namespaceTool, otherTool]),
  )
  .meta(OTHERS);

/** There are ever more kinds of tools; a mistake in one that can be honoured is still told as that. */
function orOther(given: unknown, known: readonly string[]): unknown {
  if (typeof given !== 'object' || given === null || !('type' in given) || typeof given.type !== 'string')
    return given;
  if (known.includes(given.type)) return given;
  const name = 'name' in given && typeof given.name === 'string' ? given.name : given.type;
  return { type: 'other', name };
}

const chosen = z.object({
  type: z.literal('function'),
  name: z.string(),
  namespace: z.string().exactOptional(),
});

export const toolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    chosen,
    z.object({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(z.union([chosen, z.object({ type: z.string() })])),
    }),
  ],
  'expected "none", "auto", "required", a function or allowed_tools: local models call no other tools',
);

export type FunctionTool = z.output<typeof functionTool>;
export type ResponsesTool = z.output<typeof tool>;
export type ResponsesToolChoice = z.output<typeof toolChoice>;
