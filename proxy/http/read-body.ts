import express, { type Request, type Response } from 'express';
import type { Json } from '../chat/types.ts';
import { ApiError, messageOf } from '../errors.ts';

/** Five megabytes of stdin, escaped three characters for one, and pictures fit; more is a mistake. */
const LIMIT_MB = 32;
const DEEPEST = 100;

const readRaw = express.raw({ type: () => true, limit: `${LIMIT_MB}mb` });

/** The whole body. Throws `ApiError` 413 when it is too large, 400 when it cannot be read. */
export async function readBody(req: Request, res: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    readRaw(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(toApiError(error))));
  });
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** The body as JSON. Throws `ApiError` 400 saying where it is broken. */
export function parseJson(body: Buffer): Json {
  let json: Json;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new ApiError(400, `The body is not JSON: ${messageOf(error)}.`, { code: 'invalid_json' });
  }
  if (deeperThan(json, DEEPEST))
    throw new ApiError(400, `The body is nested deeper than ${DEEPEST} levels.`, { code: 'too_deep' });
  return json;
}

function toApiError(error: unknown): ApiError {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large')
    return new ApiError(413, `The body is larger than ${LIMIT_MB} MB.`, { code: 'too_large' });
  return new ApiError(400, `The body could not be read: ${messageOf(error)}.`, { code: 'unreadable_body' });
}

/** Level by level and without recursion, which a hostile body could drive too deep. */
function deeperThan(json: Json, limit: number): boolean {
  let level: Json[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}
