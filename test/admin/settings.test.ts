import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({ further: '# what stays free\nmemory: { reserve_gb: 1 } # GB\n' });
});
afterEach(() => toaster.end());

const get = async () => jsonOf(await fetch(`${toaster.url}/api/settings`));
const put = (body: unknown) => toaster.admin('PUT', '/api/settings', body);
const config = () => readFileSync(join(toaster.folder, 'config.yaml'), 'utf8');
const prices = { input: 3, output: 15, currency: 'USD' };

it('are those in force, with the paths of what a person may look at', async () => {
  expect(await get()).toEqual({
    reserve_gb: 1,
    prices: null,
    config_file: join(toaster.folder, 'config.yaml'),
    log_file: join(toaster.folder, 'log.jsonl'),
  });
});

it('are written into the config, and in force at once', async () => {
  const before = config();
  expect(await jsonOf(await put({ reserve_gb: 2.5 }))).toMatchObject({ reserve_gb: 2.5, prices: null });
  expect(config()).toContain('# what stays free\nmemory: { reserve_gb: 2.5 } # GB');
  expect(await jsonOf(await fetch(`${toaster.url}/api/status`))).toMatchObject({ reserve: 2.5e9 });
  await put({ prices });
  expect(await get()).toMatchObject({ reserve_gb: 2.5, prices });
  expect((await jsonOf(await fetch(`${toaster.url}/api/stats?span=hour`))).saved).toBe(0);
  expect(await jsonOf(await put({ prices: null, reserve_gb: 1 }))).toMatchObject({
    reserve_gb: 1,
    prices: null,
  });
  expect(config().replaceAll(/\s/g, '')).toBe(before.replaceAll(/\s/g, ''));
});

it('need the token', async () => {
  const response = await fetch(`${toaster.url}/api/settings`, { method: 'PUT', body: '{"reserve_gb":3}' });
  expect(response.status).toBe(401);
  expect(await get()).toMatchObject({ reserve_gb: 1 });
});

it.each([
  [{}, /nothing to change/],
  [{ reserve_gb: -1 }, /^reserve_gb: /],
  [{ reserve_gb: 99_999 }, /^reserve_gb: is more than this machine has/],
  [{ reserve_gb: '2' }, /^reserve_gb: /],
  [{ reserve_gb: null }, /^reserve_gb: /],
  [{ prices: { input: 3 } }, /^prices\.output: /],
  [{ prices: { ...prices, currency: '' } }, /^prices\.currency: /],
  [{ colour: 'red' }, /colour/],
  [[], /The body may have/],
])('%j is a 400 that says what to send', async (body, message) => {
  const before = config();
  const response = await put(body);
  expect(response.status).toBe(400);
  expect((await jsonOf(response)).error).toMatchObject({
    code: 'invalid_settings',
    message: expect.stringMatching(message),
  });
  expect(config()).toBe(before);
});

it('never replace a config that is broken', async () => {
  const file = join(toaster.folder, 'config.yaml');
  writeFileSync(file, '# half done\nmodels: {\n');
  const response = await put({ reserve_gb: 3 });
  expect(response.status).toBe(409);
  expect((await jsonOf(response)).error).toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(/left as it is; mend it first:\n.*config\.yaml:\d: not valid YAML/),
  });
  expect(config()).toBe('# half done\nmodels: {\n');
  expect(await get()).toMatchObject({ reserve_gb: 1 });
});
