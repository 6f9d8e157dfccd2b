import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LIMITS } from '../../proxy/http/listen.ts';

const text = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');

it('SECURITY.md names tests that there are', () => {
  const named = [...text.matchAll(/\| ((?:`[a-z-]+`(?:, )?)+) +\|$/gm)].flatMap(([, cell = '']) =>
    cell.split(', ').map((name) => name.slice(1, -1)),
  );
  expect(new Set(named).size).toBeGreaterThan(5);
  for (const name of named)
    if (name !== 'ui') expect(existsSync(new URL(`${name}.test.ts`, import.meta.url)), name).toBe(true);
});

it('and the limits that are in force', () => {
  const { headersMs, bodyIdleMs, requestMs, connections } = LIMITS;
  expect(text).toContain(
    `${headersMs / 1000} s for headers, ${bodyIdleMs / 1000} s without a byte of a body`,
  );
  expect(text).toContain(`${requestMs / 60_000} minutes for all of it: 408`);
  expect(text).toContain(`${connections} connections`);
});
