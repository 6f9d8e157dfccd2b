import { expect, it } from 'vitest';
import { soak } from './soak.ts';

const REQUESTS = 400;

it(`${REQUESTS} requests under all faults at once: each ends, none is lied to, each has its line, and nothing is left`, async () => {
  const report = await soak({ seed: 11436, requests: REQUESTS });
  expect(report.wrong).toEqual([]);
  expect(report.requests).toBe(REQUESTS);
  // All of that has happened, and often enough to mean something.
  const { answered, left } = report.outcomes;
  expect(answered).toBeGreaterThan(REQUESTS / 2);
  expect(report.outcomes['broke off']).toBeGreaterThan(3);
  expect(left).toBeGreaterThan(10);
  expect(report.demoted).toBeGreaterThan(10);
  expect(report.connections).toBeGreaterThan(20);
}, 180_000);
