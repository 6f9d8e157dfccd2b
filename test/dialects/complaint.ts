import fc from 'fast-check';
import { expect } from 'vitest';
import type { Understood } from '../../proxy/dialects/dialect.ts';
import { ApiError } from '../../proxy/errors.ts';

type Parse = (body: unknown) => Understood;

/** What parsing threw, checked to be fit for a client, with the field that it names; null when nothing was. */
export function complaint(parse: Parse, sent: unknown): ApiError | null {
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

/** Whatever stands in one of the fields of a good body: a refusal names that field. */
export function refusalsNameTheField(
  parse: Parse,
  bodies: fc.Arbitrary<object>,
  fields: readonly string[],
): void {
  let refused = 0;
  fc.assert(
    fc.property(bodies, fc.constantFrom(...fields), fc.jsonValue(), (sent, name, value) => {
      const error = complaint(parse, { ...sent, [name]: value });
      if (error === null) return;
      refused += 1;
      expect(error.param?.split('.')[0]).toBe(name);
      expect(error.message).toContain(`\`${name}`);
    }),
    { numRuns: 300 },
  );
  expect(refused).toBeGreaterThan(50);
}
