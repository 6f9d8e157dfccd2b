import { afterEach, expect, it } from 'vitest';
import type { Stats } from '../../proxy/contract.ts';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { aLine } from '../telemetry/helpers.ts';

let toaster: TestToaster;
afterEach(() => toaster.end());
const stats = async (span: string): Promise<Stats> =>
  jsonOf(await fetch(`${toaster.url}/api/stats?span=${span}`));

it('/api/stats: every answer is in it at once, and what it would have cost', async () => {
  toaster = await startToaster({ further: 'prices: { input: 3, output: 15 }' });
  await toaster.chat('one two', {}, { 'x-cache': 'use' });
  await toaster.chat('one two', {}, { 'x-cache': 'use' });
  await toaster.chat('three', { model: 'fast-3b' });
  const { total, models, saved, buckets } = await stats('hour');
  expect(total).toMatchObject({ requests: 3, hits: 1, failed: 0, demoted: 0 });
  expect(models.map(({ model, requests }) => [model, requests])).toEqual([
    ['fast-9b', 2],
    ['fast-3b', 1],
  ]);
  expect(total.tokens_in).toBeGreaterThan(0);
  expect(saved).toBeCloseTo((total.tokens_in * 3 + total.tokens_out * 15) / 1e6, 12);
  expect(buckets.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
});

it.each([
  ['hour', 3600, 60],
  ['day', 86_400, 900],
  ['week', 604_800, 7200],
])('a %s in its steps, up to now, with what earlier runs wrote', async (span, length, step) => {
  const now = Date.now() / 1000;
  const times = [now, now - length / 2, now - length - 2 * step];
  toaster = await startToaster({ log: times.map((ts) => `${JSON.stringify(aLine({ ts }))}\n`).join('') });
  const found = await stats(span);
  expect(found).toMatchObject({ span, step_s: step, saved: null, counting: null, total: { requests: 2 } });
  expect(found.to - found.from).toBe(length);
  expect(found.to).toBeGreaterThan(now);
  expect(found.buckets.map(({ ts }) => ts)).toEqual(
    Array.from({ length: length / step }, (_, i) => found.from + i * step),
  );
});

it('another span is a 400 that names them', async () => {
  toaster = await startToaster();
  for (const query of ['', '?span=year', '?span=hour&span=day']) {
    const response = await fetch(`${toaster.url}/api/stats${query}`);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({
      param: 'span',
      message: 'span must be one of hour, day, week.',
    });
  }
});
