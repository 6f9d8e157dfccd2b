import type * as z from 'zod';
import { ApiError } from '../errors.ts';

/** What every dialect does with a client's body, whatever its fields are called. */

/** The body as an object. Throws `ApiError` 400 that says what it needs: `needs` names the fields. */
export function objectBody(body: unknown, needs: string): object {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ApiError(400, `The body must be a JSON object with ${needs}.`);
  return body;
}

/** Throws `ApiError` 400 for a field that would change the answer and cannot be honoured: `reasons` says why, by field. */
export function refuse(body: object, reasons: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(body))
    if (Object.hasOwn(reasons, name) && !asksNothing(value))
      throw unsupported(name, `\`${name}\` cannot be honoured: ${reasons[name]}.`);
}

/** A field that is understood, and that nothing here can do. */
export function unsupported(param: string, message: string): ApiError {
  return new ApiError(400, message, { param, code: 'unsupported' });
}

/** Whether a field asks for nothing: null, false, or empty. */
export function asksNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The fields as the schema has them. Throws `ApiError` 400 that names the first one which is not. */
export function readFields<Schema extends z.ZodType>(schema: Schema, body: object): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = (issue?.path ?? []).map(String).join('.');
  throw new ApiError(400, `\`${param}\`: ${issue?.message ?? 'invalid'}`, { param });
}

const MOST_NAMES = 32;
const LONGEST_NAME = 64;

/** The fields that were sent and that the schema does not know, fit for a header. */
export function unknownFields({ shape }: z.ZodObject, body: object): string[] {
  const unknown = Object.entries(body).filter(
    ([name, value]) => !Object.hasOwn(shape, name) && value !== null,
  );
  return forHeader(unknown.map(([name]) => name));
}

/** Names as a header can carry them. */
export function forHeader(names: readonly string[]): string[] {
  return names.slice(0, MOST_NAMES).map((name) => name.replace(/[^\w.-]/g, '?').slice(0, LONGEST_NAME));
}
