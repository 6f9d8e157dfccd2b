import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
const user = (content: string) => ({ role: 'user' as const, content });
const lastLine = () => toaster.log().at(-1) ?? {};

describe('bad input gets an error that names it, and a line in the log', () => {
  const cases: [string, unknown, number, string | null, RegExp][] = [
    ['no JSON', '{"model": "fast-9b"', 400, null, /not JSON/],
    ['no object', '[]', 400, null, /JSON object/],
    ['an empty body', '', 400, null, /not JSON/],
    ['no messages', { model: 'fast-9b' }, 400, 'messages', /messages/],
    ['empty messages', { model: 'fast-9b', messages: [] }, 400, 'messages', /at least one/],
    [
      'a wrong type',
      { model: 'fast-9b', messages: [user('x')], temperature: 'hot' },
      400,
      'temperature',
      /number/,
    ],
    ['out of range', { model: 'fast-9b', messages: [user('x')], top_p: 2 }, 400, 'top_p', /1/],
    [
      'an unknown role',
      { model: 'fast-9b', messages: [{ role: 'robot', content: 'x' }] },
      400,
      'messages.0.role',
      /messages/,
    ],
    ['an unknown model', { model: 'gpt-9', messages: [user('x')] }, 404, 'model', /fast-9b, think-9b/],
    ['more than one answer', { model: 'fast-9b', messages: [user('x')], n: 2 }, 400, 'n', /one answer/],
    [
      'token biases',
      { model: 'fast-9b', messages: [user('x')], logit_bias: { 5: 1 } },
      400,
      'logit_bias',
      /cannot be honoured/,
    ],
    [
      'a picture from the network',
      {
        model: 'fast-9b',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] },
        ],
      },
      400,
      'messages.0.content.0.image_url.url',
      /data: URL/,
    ],
    [
      'a tool result without its call',
      { model: 'fast-9b', messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] },
      400,
      'messages.0.tool_call_id',
      /tool call a/,
    ],
    [
      'a forced tool that is not there',
      { model: 'fast-9b', messages: [user('x')], tool_choice: 'required' },
      400,
      'tool_choice',
      /names none/,
    ],
    [
      'nesting without end',
      `{"model":"fast-9b","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      400,
      null,
      /nested deeper/,
    ],
  ];
  it.each(cases)('%s', async (_name, body, status, param, message) => {
    const before = toaster.log().length;
    const response = await toaster.post('/v1/chat/completions', body);
    expect(response.status).toBe(status);
    expect(await jsonOf(response)).toEqual({
      error: {
        message: expect.stringMatching(message),
        type: 'invalid_request_error',
        param,
        code: expect.toSatisfy((code) => code === null || typeof code === 'string'),
      },
    });
    expect(toaster.log()).toHaveLength(before + 1);
    expect(lastLine()).toMatchObject({
      exit_code: 2,
      served_by: null,
      source: 'api',
      error: expect.stringMatching(message),
    });
  });

  it('a prompt over the context: both numbers', async () => {
    const response = await toaster.chat('word '.repeat(9000));
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error).toMatchObject({
      code: 'context_length_exceeded',
      param: 'messages',
      message: expect.stringMatching(/90\d\d.*8192/),
    });
  });

  it('a picture for a model without eyes: a 400, no fallback, and no rest for the model', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=' } }];
    for (let i = 0; i < 4; i++) {
      const response = await toaster.chat('', { model: 'fast-3b', messages: [{ role: 'user', content }] });
      expect(response.status).toBe(400);
      expect((await jsonOf(response)).error.message).toMatch(/fast-3b does not see images/);
    }
    const healthy = await toaster.chat('x', { model: 'fast-3b' });
    expect(healthy.headers.get('x-served-by')).toBe('fast-3b');
  });

  it('tools for a model that has none', async () => {
    const tools = [{ type: 'function', function: { name: 'a', parameters: {} } }];
    const response = await toaster.chat('x', { model: 'fast-1b', tools });
    expect(await jsonOf(response)).toMatchObject({
      error: { param: 'tools', message: expect.stringMatching(/cannot call tools/) },
    });
  });

  it('100 MB: a 413, and the proxy goes on', async () => {
    const response = await toaster.post('/v1/chat/completions', ' '.repeat(100_000_000));
    expect(response.status).toBe(413);
    expect((await jsonOf(response)).error.message).toMatch(/larger than 32 MB/);
    expect((await toaster.chat('x')).status).toBe(200);
  });

  it('another content type: a 415', async () => {
    const response = await toaster.post('/v1/chat/completions', '{}', { 'content-type': 'text/plain' });
    expect(response.status).toBe(415);
  });

  it('an unknown path: a 404 in the same shape', async () => {
    const response = await fetch(`${toaster.url}/v1/embeddings`);
    expect(response.status).toBe(404);
    expect((await jsonOf(response)).error.code).toBe('not_found');
  });
});
