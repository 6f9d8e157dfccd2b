import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SessionCodes } from '../../proxy/admin/session-codes.ts';
import { ApiError } from '../../proxy/errors.ts';
import { jsonOf } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

function someCodes() {
  const clock = { now: 0 };
  const codes = new SessionCodes(() => clock.now);
  const redeem = (code: unknown): number => {
    try {
      expect(codes.redeem({ code }, 'the token')).toEqual({ token: 'the token' });
      return 200;
    } catch (error) {
      return error instanceof ApiError ? error.status : 0;
    }
  };
  return { clock, codes, redeem };
}

describe('a code', () => {
  it('is good once', () => {
    const { codes, redeem } = someCodes();
    const [one, other] = [codes.issue(), codes.issue()];
    expect([one, one, other, other].map(redeem)).toEqual([200, 401, 200, 401]);
  });

  it('is good for a minute', () => {
    const { clock, codes, redeem } = someCodes();
    const [early, late] = [codes.issue(), codes.issue()];
    clock.now = 59_999;
    expect(redeem(early)).toBe(200);
    clock.now = 60_000;
    expect(redeem(late)).toBe(401);
  });

  it('cannot be found by trying: after ten wrong ones none is looked at for a while', () => {
    const { clock, codes, redeem } = someCodes();
    for (let n = 0; n < 10; n++) expect(redeem(`guess ${n}`)).toBe(401);
    clock.now = 30_000;
    const good = codes.issue();
    expect(redeem(good)).toBe(429);
    clock.now = 60_000;
    expect(redeem(good)).toBe(200);
  });
});

describe('/api/session', () => {
  let toaster: TestToaster;
  beforeEach(async () => {
    toaster = await startToaster();
  });
  afterEach(() => toaster.end());
  const open = () => runAsk(['--open'], { env: { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder } });
  const session = (code: unknown, headers = {}) => toaster.post('/api/session', { code }, headers);

  it('gives the token for a code that ask --open prints', async () => {
    const { code: exit, stdout, stderr } = await open();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const [, port, code] = /^http:\/\/127\.0\.0\.1:(\d+)\/ui\/#code=([\w-]{32})\n$/.exec(stdout) ?? [];
    expect(port).toBe(new URL(toaster.url).port);
    const response = await session(code);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { token } = await jsonOf(response);
    const pinned = await fetch(`${toaster.url}/api/models/tiny/pin`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: '{"pinned":false}',
    });
    expect(pinned.status).toBe(200);
    const again = await session(code);
    expect(again.status).toBe(401);
    expect((await jsonOf(again)).error.message).toMatch(/run: ask --open/);
    // It is an ask like others: one line in the log, and the code is not in it.
    expect(toaster.log()).toMatchObject([{ source: 'ask', exit_code: 0 }]);
    expect(JSON.stringify(toaster.log())).not.toContain(code);
  });

  it('takes JSON from its own page, and nothing else', async () => {
    const [, code] = /code=(.+)\n/.exec((await open()).stdout) ?? [];
    expect((await session(code, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await session(code, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await session(5)).status).toBe(400);
    expect((await toaster.post('/api/session', '{')).status).toBe(400);
    expect((await session(code, { origin: toaster.url })).status).toBe(200);
  });

  it('says when to come back after too many wrong ones', async () => {
    for (let n = 0; n < 10; n++) expect((await session('x')).status).toBe(401);
    const response = await session('x');
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('the shim is told to open it only where somebody sits in front of a terminal', async () => {
    const post = (fields: Record<string, string>) => {
      const token = readFileSync(join(toaster.folder, 'admin.token'), 'utf8');
      const body = new URLSearchParams({ a: '--open', token, ...fields });
      return fetch(`${toaster.url}/ask`, { method: 'POST', headers: { 'x-ask': '1' }, body });
    };
    expect((await post({})).headers.get('x-open')).toBeNull();
    const response = await post({ terminal: '1' });
    expect(`${response.headers.get('x-open')}\n`).toBe(await response.text());
  });

  it('ask --open without the token is told where it is', async () => {
    const ran = await runAsk(['--open'], { env: { ASK_URL: toaster.url, ASK_DATA_DIR: '/nonexistent' } });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/admin\.token/) });
  });
});
