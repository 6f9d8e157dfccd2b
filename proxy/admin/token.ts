import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ApiError } from '../errors.ts';

/** The token for what changes state: read from `file`, or made there, readable by its owner alone. */
export function adminToken(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    // `wx`: of two that start at the same time, one writes and both read.
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(file, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
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
