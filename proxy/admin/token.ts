import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ApiError, messageOf } from '../errors.ts';

/**
 * The token for what changes state: read from `file`, or made there, readable by its owner alone. Where it cannot be kept,
 * nobody knows it: a warning says so.
 */
export function adminToken(file: string, warn: (message: string) => void): string {
  const made = randomBytes(32).toString('base64url');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // A full disk may have left an empty one.
    const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (kept === '') writeFileSync(file, `${made}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
    return kept === '' ? made : kept;
  } catch (error) {
    warn(`${file} cannot be used (${messageOf(error)}), so nobody may change pins or settings in this run`);
    return made;
  }
}

/** Throws `ApiError` 401 unless the header is `Bearer <token>`. Takes the same time however wrong the token is. */
export function requireToken(header: string | undefined, token: string, file: string): void {
  if (token !== '' && sameSecret(bearerOf(header), token)) return;
  throw new ApiError(
    401,
    `This changes state: send "Authorization: Bearer <token>" with the token in ${file}.`,
    {
      code: 'invalid_token',
    },
  );
}

/** What an Authorization header brings; '' for none. */
export const bearerOf = (header: string | undefined): string =>
  header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : '';

/** Whether two are the same, in a time that does not tell how much of them is. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
