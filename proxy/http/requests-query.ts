import type { Request } from 'express';
import * as z from 'zod';
import { isCouncil } from '../config/schema.ts';
import { ApiError } from '../errors.ts';
import type { Live } from '../live-config.ts';
import { parsePlace, REQUEST_FILTERS, type RequestsQuery } from '../telemetry/requests-page.ts';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 500;

/** The query string of `GET /api/requests`. */
export const requestsQuery = z.object({
  filter: z
    .enum(REQUEST_FILTERS, `must be one of ${REQUEST_FILTERS.join(', ')}`)
    .default('all')
    .describe('Which ones.'),
  q: z
    .string('must be one text')
    .max(200, 'is longer than 200 letters')
    .default('')
    .describe('Words that a name, a reason or an error has in it.'),
  before: z
    .string('must be one text')
    .transform((text) => parsePlace(text))
    .refine((place) => place !== null, 'is no place in the log: give the `next` of an earlier answer')
    .optional()
    .describe('The `next` of an earlier answer; left out: from the newest on.'),
  limit: z
    .string('must be one number')
    .regex(/^\d{1,3}$/, `must be a whole number from 1 to ${LARGEST_LIMIT}`)
    .transform(Number)
    .refine((n) => n >= 1 && n <= LARGEST_LIMIT, `must be a whole number from 1 to ${LARGEST_LIMIT}`)
    .prefault(String(DEFAULT_LIMIT))
    .describe(`How many at most, up to ${LARGEST_LIMIT}.`),
});

/** What `GET /api/requests` is asked for. Throws `ApiError` 400 that says what may be asked. */
export function parseRequestsQuery(req: Request, { config }: Live): RequestsQuery {
  // `?q=&before=` asks for nothing in particular.
  const given = Object.entries(req.query).filter(([, value]) => value !== '');
  const parsed = requestsQuery.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw badQuery(parsed.error);
  const { filter, q, before = null, limit } = parsed.data;
  return {
    filter,
    words: q.trim().toLowerCase(),
    before,
    limit,
    isCouncil: (name) => {
      const model = config.models[name];
      return model !== undefined && isCouncil(model);
    },
  };
}

/** The first complaint about a query string, as an error. */
export function badQuery({ issues }: z.ZodError): ApiError {
  const [issue] = issues;
  const param = String(issue?.path[0] ?? '');
  return new ApiError(400, `${param} ${issue?.message}.`, { code: 'invalid_query', param });
}
