import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Session } from '../contract.ts';
import { ApiError } from '../errors.ts';

const LIFE_MS = 60_000;
const MOST_WRONG = 10;
const WRONG_MS = 60_000;

export const sessionBody = z.object({ code: z.string().max(200) });

/** Codes by which a browser gets the token, once each: `ask --open` gives them out. */
export class SessionCodes {
  readonly #now: () => number;
  /** When each ends; by its hash, so that no dump of this process holds a code. */
  readonly #ends = new Map<string, number>();
  /** When wrong ones came, within the last minute. */
  #wrong: number[] = [];

  /** `now`: monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new code, good for a minute. */
  issue(): string {
    for (const [hash, end] of this.#ends) if (end <= this.#now()) this.#ends.delete(hash);
    const code = randomBytes(24).toString('base64url');
    this.#ends.set(hashOf(code), this.#now() + LIFE_MS);
    return code;
  }

  /**
   * `POST /api/session`: the token for a code. Throws `ApiError` 400 for another body, 401 for a code that is wrong, used
   * or too old, and 429 while too many of those come.
   */
  redeem(body: unknown, token: string): Session {
    const now = this.#now();
    this.#wrong = this.#wrong.filter((at) => now - at < WRONG_MS);
    const [first = now] = this.#wrong;
    if (this.#wrong.length >= MOST_WRONG)
      throw new ApiError(429, 'Too many wrong codes; wait a minute, then run: ask --open', {
        code: 'too_many_codes',
        retryAfter: Math.ceil((first + WRONG_MS - now) / 1000),
      });
    const parsed = sessionBody.safeParse(body);
    if (!parsed.success)
      throw new ApiError(400, 'The body must be {"code": "..."}, with a code of ask --open.', {
        param: 'code',
      });
    const hash = hashOf(parsed.data.code);
    const end = this.#ends.get(hash) ?? Number.NEGATIVE_INFINITY;
    this.#ends.delete(hash);
    if (end > now) return { token };
    this.#wrong.push(now);
    throw new ApiError(401, 'This code is wrong, used or too old. For a new one run: ask --open', {
      code: 'invalid_code',
      param: 'code',
    });
  }
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');
