import type * as z from 'zod';

/** What a body is, in one media type. */
export interface Content {
  schema: z.ZodType;
  /**
   * Of a stream of server-sent events: the data of each kind of event. Events without a name are called `message`, as in
   * browsers.
   */
  events?: Record<string, z.ZodType>;
}

/** One of the answers of an operation. */
export interface Answer {
  description: string;
  /** By media type; left out, there is no body. */
  content?: Record<string, Content>;
  /** Headers by their names; one that is not optional is always there. */
  headers?: z.ZodObject;
}

/** What is asked beside the key of the address: nothing, the token, or the header that no web page can set. */
export type Needs = 'nothing' | 'token' | 'ask header';

/** One method of one path. */
export interface Operation {
  method: 'get' | 'put' | 'post';
  /** With names in braces: `/v1/models/{id}`. */
  path: string;
  /** By which generated clients call it. */
  id: string;
  /** One line. */
  summary: string;
  /** Paragraphs. */
  description?: string;
  needs?: Needs;
  /** Asked of everybody, also where the address demands a key. */
  open?: true;
  /** An object each: its fields are the parameters. */
  inPath?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: { type: string; schema: z.ZodType };
  /** By status. */
  answers: Record<number, Answer>;
  /** Statuses that it answers with an error, and when. What every operation can answer is added to them. */
  errors?: Record<number, string>;
  /** The shape of its errors, where a dialect has one of its own. */
  errorBody?: z.ZodType;
  /** Headers of its errors, beside Retry-After; none of them is always there. */
  errorHeaders?: z.ZodObject;
}

/** Operations that belong together, described in a file of their own. */
export interface Group {
  name: string;
  /** What they are for, in a paragraph. */
  about: string;
  operations: readonly Operation[];
  /** Schemas with names, for what is described once and used in many places. */
  shapes: Record<string, z.ZodType>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const SSE_TYPE = 'text/event-stream; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const HTML_TYPE = 'text/html; charset=utf-8';

/** An answer that is one JSON value. */
export const json = (description: string, schema: z.ZodType, headers?: z.ZodObject): Answer => ({
  description,
  content: { [JSON_TYPE]: { schema } },
  ...(headers && { headers }),
});
