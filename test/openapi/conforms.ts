import type { Ajv2020 } from 'ajv/dist/2020.js';
import { Ajv2020 as Validator } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { OpenApi } from '../../proxy/openapi/document.ts';
import type { Operation } from '../../proxy/openapi/group.ts';
import type { MediaType, OperationObject, ResponseObject } from '../../proxy/openapi/operation.ts';

/** Holds live answers to an OpenAPI document. */

type Schema = { [key: string]: unknown };

/** Node's, the guard's and the packet's own; what a client reads is described. */
const UNSAID = new Set(['x-content-type-options', 'x-accel-buffering']);

/** An answer as it came, its body read. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

export class Conformance {
  readonly #document: OpenApi;
  readonly #ajv: Ajv2020;
  /** Which statuses of which operations were seen: `listModels 200`. */
  readonly seen = new Set<string>();

  constructor(document: OpenApi) {
    this.#document = closed(document) as OpenApi;
    this.#ajv = new Validator({ strict: false, allErrors: true });
    this.#ajv.addSchema({ $id: 'toaster', ...this.#document });
  }

  /** The operation of a method and a path as it stands in the document. Fails when there is none. */
  operation(method: Operation['method'], path: string): OperationObject {
    const found = this.#document.paths[path]?.[method];
    if (!found) throw new Error(`the document has no ${method} ${path}`);
    return found;
  }

  /** Fails unless the answer is one that the document describes: its status, type, headers, body and events. */
  check(method: Operation['method'], path: string, { status, headers, text }: Answered): void {
    const { operationId, responses } = this.operation(method, path);
    const where = `${operationId} ${status}`;
    this.seen.add(where);
    const response = responses[status];
    expect(response, `${where} is described: ${text.slice(0, 300)}`).toBeDefined();
    if (!response) return;
    this.#checkHeaders(where, response, headers);
    const type = headers.get('content-type') ?? '';
    const media = response.content?.[type];
    if (text !== '' || response.content === undefined)
      expect(Object.keys(response.content ?? { '': null }), `${where} has a type`).toContain(type);
    if (!media || text === '') return;
    if (type.startsWith('text/event-stream')) this.#checkEvents(where, media, text);
    else this.#checkValue(where, media.schema, type.startsWith('application/json') ? JSON.parse(text) : text);
  }

  #checkHeaders(where: string, { headers: described = {} }: ResponseObject, headers: Headers): void {
    for (const [name, { required, schema }] of Object.entries(described)) {
      const value = headers.get(name);
      if (required) expect(value, `${where} has ${name}`).not.toBeNull();
      if (value !== null) this.#checkValue(`${where}, ${name}`, schema, numberWhere(schema, value));
    }
    const known = new Set(Object.keys(described).map((name) => name.toLowerCase()));
    const further = [...headers.keys()].filter((name) => /^x-|^retry-after$/.test(name));
    expect(
      further.filter((name) => !known.has(name) && !UNSAID.has(name)),
      `${where}: headers without a word`,
    ).toEqual([]);
  }

  #checkEvents(where: string, media: MediaType, text: string): void {
    const events = media['x-events'] ?? {};
    // What comes after the last empty line has not come whole.
    for (const block of text.split('\n\n').slice(0, -1)) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const name = /^event: (.*)$/m.exec(block)?.[1] ?? 'message';
      expect(Object.keys(events), `${where}: ${block.slice(0, 100)}`).toContain(name);
      this.seen.add(`${where} ${name}`);
      this.#checkValue(`${where} ${name}`, events[name] ?? {}, data === '[DONE]' ? data : JSON.parse(data));
    }
  }

  #checkValue(where: string, schema: Schema, value: unknown): void {
    const validate = this.#ajv.compile(absolute(schema) as Schema);
    const errors = validate(value) ? [] : (validate.errors ?? []);
    const wrong = errors.map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
    expect(wrong, `${where}: ${JSON.stringify(value).slice(0, 600)}`).toEqual([]);
  }
}

/** Whether a value is what the document says that a body is. */
export function accepts(document: OpenApi, schema: Schema): (value: unknown) => boolean {
  const ajv = new Validator({ strict: false });
  ajv.addSchema({ $id: 'toaster', ...document });
  const validate = ajv.compile(absolute(schema) as Schema);
  return (value) => validate(value);
}

/** A document may leave room for more; what comes from this Toaster is all to be described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  const open =
    'type' in all && all.type === 'object' && 'properties' in all && !('additionalProperties' in all);
  return open ? { ...all, additionalProperties: false } : all;
}

/** Its references, seen from anywhere. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace(/^#/, 'toaster#') : absolute(item),
    ]),
  );
}

/** Headers are texts; a number stands for itself. */
function numberWhere(schema: Schema, text: string): string | number {
  const { type, enum: values } = schema;
  const numeric =
    type === 'number' || type === 'integer' || (Array.isArray(values) && typeof values[0] === 'number');
  return (numeric || String(schema.$ref).endsWith('/ExitCode')) && /^\d+$/.test(text) ? Number(text) : text;
}
