import type * as z from 'zod';
import { allAnswers } from './errors.ts';
import type { Answer, Content, Operation } from './group.ts';
import type { NamedSchemas, Schema } from './named-schemas.ts';

/** A body in one media type. `x-events`: the data of each event of a stream, which OpenAPI 3.1 has no words for. */
export interface MediaType {
  schema: Schema;
  'x-events'?: Record<string, Schema>;
}

export interface ResponseObject {
  description: string;
  headers?: Record<string, { description?: string; required: boolean; schema: Schema }>;
  content?: Record<string, MediaType>;
}

export interface ParameterObject {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: ParameterObject[];
  requestBody?: { required: true; content: Record<string, MediaType> };
  responses: Record<string, ResponseObject>;
}

type Inline = (schema: Schema) => Schema;

/** An operation in OpenAPI's words, once the schemas that it uses have been written. */
export function operationObject(
  operation: Operation,
  tag: string,
  names: NamedSchemas,
): (inline: Inline) => OperationObject {
  const { id, summary, description, needs, open, body } = operation;
  const parameters = [
    ...parametersOf(operation.inPath, 'path', names),
    ...parametersOf(operation.query, 'query', names),
    ...parametersOf(operation.headers, 'header', names),
  ];
  const responses = Object.entries(allAnswers(operation)).map(
    ([status, answer]) => [status, responseOf(answer, names)] as const,
  );
  const requestBody = body && contentOf({ [body.type]: { schema: body.schema } }, names);
  return (inline) => ({
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(open && { security: [{}] }),
    ...(needs === 'token' && { security: [{ token: [] }] }),
    ...(parameters.length > 0 && { parameters: parameters.flatMap((write) => write(inline)) }),
    ...(requestBody && { requestBody: { required: true, content: requestBody(inline) } }),
    responses: Object.fromEntries(responses.map(([status, write]) => [status, write(inline)])),
  });
}

function parametersOf(
  fields: z.ZodObject | undefined,
  place: ParameterObject['in'],
  names: NamedSchemas,
): ((inline: Inline) => ParameterObject[])[] {
  if (!fields) return [];
  const used = names.use(fields);
  return [
    (inline) =>
      fieldsOf(inline(used)).map(({ name, required, description, schema }) => ({
        name,
        in: place,
        required,
        ...(description !== undefined && { description }),
        schema,
      })),
  ];
}

function responseOf(
  { description, content, headers }: Answer,
  names: NamedSchemas,
): (inline: Inline) => ResponseObject {
  const used = headers && names.use(headers);
  const written = content && contentOf(content, names);
  return (inline) => ({
    description,
    ...(used && {
      headers: Object.fromEntries(fieldsOf(inline(used)).map(({ name, ...header }) => [name, header])),
    }),
    ...(written && { content: written(inline) }),
  });
}

function contentOf(
  content: Record<string, Content>,
  names: NamedSchemas,
): (inline: Inline) => Record<string, MediaType> {
  const written = Object.entries(content).map(([type, { schema, events }]) => {
    const used = names.use(schema);
    const kinds = Object.entries(events ?? {}).map(([name, data]) => [name, names.use(data)] as const);
    const write = (inline: Inline): MediaType => ({
      schema: inline(used),
      ...(events && { 'x-events': Object.fromEntries(kinds.map(([name, data]) => [name, inline(data)])) }),
    });
    return [type, write] as const;
  });
  return (inline) => Object.fromEntries(written.map(([type, write]) => [type, write(inline)]));
}

interface Field {
  name: string;
  required: boolean;
  description?: string;
  schema: Schema;
}

/** The fields of an object's schema, each with its description beside it instead of in it. */
function fieldsOf(schema: Schema): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      required: required.includes(name),
      ...(typeof description === 'string' && { description }),
      schema: rest,
    };
  });
}
