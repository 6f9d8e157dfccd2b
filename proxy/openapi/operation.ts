import { z } from 'zod';
import { type Answer, type Content, JSON_TYPE, type Operation, TEXT_TYPE } from './group.ts';
import type { NamedSchemas, Schema } from './named-schemas.ts';
import { errorBody } from './shapes/base.ts';

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

const ALWAYS = {
  400: 'The request makes no sense; the message names the field.',
  403: 'It came from a web page of another origin, or under another Host name (`forbidden_origin`, `forbidden_host`).',
};
const NO_KEY = 'This address demands the API key (`invalid_key`).';
const NO_TOKEN = 'The token is missing or wrong (`invalid_token`).';
const NO_ASK = 'The header `X-Ask: 1` is missing (`ask_header_missing`).';
const OF_BODIES = {
  408: 'The body stopped coming (`slow_body`).',
  413: 'The body is larger than 32 MB (`too_large`).',
};
const NOT_PLAIN = 'It is compressed (`unsupported_encoding`).';
const NOT_JSON =
  'It is not sent as JSON (`unsupported_media_type`), or is compressed (`unsupported_encoding`).';

const retryAfter = z.object({
  'Retry-After': z.string().regex(/^\d+$/).exactOptional().describe('Seconds.'),
});

/** The command line's own; with `--json` it is a receipt without an answer. */
const askErrorContent = {
  [TEXT_TYPE]: { schema: z.string() },
  [JSON_TYPE]: { schema: z.unknown() },
};

/** All statuses with which it answers an error, and when. */
function errorsOf({ needs, open, body, errors = {} }: Operation): Record<string, string> {
  const guarded = errors[401] ?? (needs === 'token' ? NO_TOKEN : NO_KEY);
  return {
    ...ALWAYS,
    ...(!open && { 401: guarded }),
    ...(needs === 'ask header' && { 403: `${ALWAYS[403]} ${NO_ASK}` }),
    ...(body && { ...OF_BODIES, 415: body.type === 'application/json' ? NOT_JSON : NOT_PLAIN }),
    500: 'Toaster itself went wrong (`internal_error`).',
    503: 'Toaster is stopping (`stopping`).',
    ...errors,
  };
}

/** An operation in OpenAPI's words, once the schemas that it uses have been written. */
export function operationObject(
  operation: Operation,
  tag: string,
  names: NamedSchemas,
): (inline: Inline) => OperationObject {
  const { id, summary, description, needs, open, body, answers } = operation;
  const parameters = [
    ...parametersOf(operation.inPath, 'path', names),
    ...parametersOf(operation.query, 'query', names),
    ...parametersOf(operation.headers, 'header', names),
  ];
  const said: Record<string, Answer> = Object.fromEntries(
    Object.entries(errorsOf(operation)).map(([status, when]) => [status, errorOf(operation, when)]),
  );
  const responses = Object.entries({ ...said, ...withErrors(answers, said) }).map(
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

/** An error: in OpenAI's shape, but for the command line, which reads it from headers. */
const errorOf = ({ needs, errorHeaders = z.object({}) }: Operation, description: string): Answer => ({
  description,
  headers: errorHeaders.extend(retryAfter.shape),
  content: {
    [JSON_TYPE]: { schema: errorBody },
    ...(needs === 'ask header' && askErrorContent),
  },
});

/** One status may be an answer of its own and an error besides. */
function withErrors(answers: Operation['answers'], errors: Record<string, Answer>): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const error = errors[status];
      if (!error) return [status, answer];
      const content = { ...error.content, ...answer.content };
      return [
        status,
        { ...error, ...answer, content, description: `${answer.description} ${error.description}` },
      ];
    }),
  );
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
