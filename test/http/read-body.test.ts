import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readBody } from '../../proxy/http/read-body.ts';

/** How long a body may keep silent. What else is wrong with one is tried against a running proxy in bad-input and security. */

const IDLE_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function begin() {
  const req = new IncomingMessage(new Socket());
  const body = readBody(req, new ServerResponse(req), IDLE_MS);
  const piece = async (text: string | null): Promise<void> => {
    req.push(text);
    // The stream passes it on in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { body, piece };
}

it('takes a body for longer than that, as long as something comes', async () => {
  const { body, piece } = begin();
  for (const text of ['a', 'b', 'c']) {
    await piece(text);
    vi.advanceTimersByTime(IDLE_MS - 1);
  }
  await piece(null);
  expect((await body).toString()).toBe('abc');
  expect(vi.getTimerCount()).toBe(0);
});

it('is a 408 when nothing more has come since the last piece', async () => {
  const { body, piece } = begin();
  const refused = expect(body).rejects.toMatchObject({ status: 408, code: 'slow_body' });
  await piece('a');
  vi.advanceTimersByTime(IDLE_MS);
  await refused;
  expect(vi.getTimerCount()).toBe(0);
});
