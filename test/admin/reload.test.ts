import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());

const token = () => readFileSync(join(toaster.folder, 'admin.token'), 'utf8').trim();

describe('/health', () => {
  it('says who it is', async () => {
    expect(await jsonOf(await fetch(`${toaster.url}/health`))).toEqual({
      name: 'toaster',
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      pid: process.pid,
      uptime_s: expect.any(Number),
    });
  });
});

describe('reloading the config', () => {
  const reload = (bearer: string) =>
    fetch(`${toaster.url}/api/config/reload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
    });

  it('needs the token, which only its owner can read', async () => {
    expect(statSync(join(toaster.folder, 'admin.token')).mode & 0o777).toBe(0o600);
    for (const wrong of ['', 'nonsense', `${token()}x`]) expect((await reload(wrong)).status).toBe(401);
    expect((await fetch(`${toaster.url}/api/config/reload`, { method: 'POST' })).status).toBe(401);
  });

  it('takes the new one in force', async () => {
    toaster.writeConfig('  extra: { weights: llama-3b }');
    expect((await jsonOf(await reload(token()))).models).toContain('extra');
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(200);
  });

  it('keeps the old one when the new is broken, and says what is', async () => {
    toaster.writeConfig('  extra: { weights: nope }');
    const response = await reload(token());
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toMatch(
      /old one stays in force[\s\S]*config\.yaml:11: models\.extra\.weights/,
    );
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(200);
  });

  it('does not disturb an answer under way', async () => {
    toaster.fake.set({ name: 'llama3.2:3b', tokenMs: 10 });
    const response = await toaster.chat('word '.repeat(30), { model: 'extra', stream: true });
    toaster.writeConfig('  tiny: {}');
    expect((await reload(token())).status).toBe(200);
    expect(await response.text()).toContain('[DONE]');
    expect((await toaster.chat('hi', { model: 'extra' })).status).toBe(404);
  });
});
