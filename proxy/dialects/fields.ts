import type { z } from 'zod';
import { ApiError } from '../errors.ts';

/** The fields of a body as a dialect knows them. Throws `ApiError` 400 that names the first wrong one. */
export function readFields<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = (issue?.path ?? []).map(String).join('.');
  throw new ApiError(400, `\`${param}\`: ${issue?.message ?? 'invalid'}`, { param });
}

/** What a client sent that a dialect does not know, as `X-Ignored-Params` may name it: no header is broken by it. */
export function unknownFields(schema: z.ZodObject, body: object): string[] {
  return Object.entries(body)
    .filter(([name, value]) => !Object.hasOwn(schema.shape, name) && value !== null)
    .map(([name]) => headerSafe(name))
    .slice(0, 32);
}

/** A client's word, fit for a header. */
export const headerSafe = (name: string): string => name.replace(/[^\w.-]/g, '?').slice(0, 64);
