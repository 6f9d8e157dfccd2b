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
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : '';
  if (token !== '' && timingSafeEqual(digest(given), digest(token))) return;
  throw new ApiError(
    401,
    `This changes state: send "Authorization: Bearer <token>" with the token in ${file}.`,
    {
      code: 'invalid_token',
    },
  );
}
