import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster({ log: '{"ts":5,"model":"fast-1b","exit_code":0}\n{"ts":6,"mod' });
});
afterAll(() => toaster.end());
const get = (query: string) => fetch(`${toaster.url}/api/requests${query}`);

it('/api/requests: what has just been answered stands first, what an earlier version wrote last', async () => {
  await toaster.chat('one', { user: 'Ada' });
  await toaster.chat('two', { model: 'fast-3b' });
  const { requests, next } = await jsonOf(await get('?filter=all&q=&before=&limit='));
  expect(requests).toMatchObject([
    { model: 'fast-3b', exit_code: 0 },
    { model: 'fast-9b', user: 'Ada' },
    { ts: 5 },
  ]);
  expect(next).toBeNull();
  const first = await jsonOf(await get('?limit=2'));
  const second = await jsonOf(await get(`?limit=2&before=${first.next}`));
  expect([...first.requests, ...second.requests]).toEqual(requests);
  expect((await jsonOf(await get('?q=ADA'))).requests).toHaveLength(1);
});

it('what asks no model is no request, unless it wanted one in vain', async () => {
  const before = (await jsonOf(await get(''))).requests.length;
  const body = new URLSearchParams([
    ['v', '1'],
    ['a', '--help'],
  ]);
  await fetch(`${toaster.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body });
  const log = join(toaster.folder, 'log.jsonl');
  expect(readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)).toMatch(/"model":null.*"source":"ask"/);
  expect((await jsonOf(await get(''))).requests).toHaveLength(before);
  // As the shim writes it when there is no proxy.
  appendFileSync(log, '{"ts":7,"model":null,"exit_code":3,"source":"ask"}\n');
  expect((await jsonOf(await get('?filter=failed'))).requests).toMatchObject([{ exit_code: 3 }]);
});

it('a council is one by the config in force', async () => {
  await toaster.chat('three', { model: 'council' });
  expect((await jsonOf(await get('?filter=council'))).requests).toMatchObject([{ model: 'council' }]);
});

it.each([
  ['?filter=slow', 'filter', /^filter must be one of all, demoted, failed, cached, council\.$/],
  ['?limit=0', 'limit', /from 1 to 500/],
  ['?limit=501', 'limit', /from 1 to 500/],
  ['?limit=ten', 'limit', /from 1 to 500/],
  ['?limit=5&limit=6', 'limit', /one number/],
  ['?before=yesterday', 'before', /`next` of an earlier answer/],
  ['?q=a&q=b', 'q', /one text/],
])('%s is a 400 that says what to write', async (query, param, message) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect((await jsonOf(response)).error).toEqual({
    message: expect.stringMatching(message),
    type: 'invalid_request_error',
    param,
    code: 'invalid_query',
  });
});
