import { expect } from 'vitest';
import type { Understood } from '../../proxy/dialects/dialect.ts';
import { ApiError } from '../../proxy/errors.ts';

/** What parsing threw, checked to be fit for a client, with the field that it names; null when nothing was. */
export function complaint(parse: (body: unknown) => Understood, sent: unknown): ApiError | null {
  try {
    parse(sent);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect(error.status).toBe(400);
    expect(error.message.length).toBeGreaterThan(10);
    return error;
  }
}
