import { expect, it } from 'vitest';
import { soak } from './soak.ts';

const REQUESTS = 400;

it(`${REQUESTS} requests under all faults at once: each ends, none is lied to, each has its line, and nothing is left`, async () => {
  const report = await soak({ seed: 11436, requests: REQUESTS });
  expect(report.wrong).toEqual([]);
  expect(report.requests).toBe(REQUESTS);
  // All of that has happened; how often depends on who is quicker.
  const { answered, left } = report.outcomes;
  expect(answered).toBeGreaterThan(REQUESTS / 2);
  expect(Math.min(report.outcomes['broke off'], left, report.demoted)).toBeGreaterThan(1);
}, 180_000);
