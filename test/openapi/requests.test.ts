import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../proxy/openapi/document.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { accepts } from './conforms.ts';

/** What the document calls a valid request is taken, and what it does not is refused. */

const document = openApiDocument();
const schemaOf = (path: string, method: 'post' | 'put') =>
  document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema ?? {};

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());

const tool = (name: string) => ({ type: 'function', function: { name } });
const fields: [good: object[], bad: object[]] = [
  [
    {},
    { temperature: 0, top_p: 1, top_k: 0, min_p: 0, seed: -5 },
    { temperature: null, stop: null, tools: null, n: null, user: null, metadata: null },
    { n: 1, stop: 'x', max_tokens: 1, max_completion_tokens: 3 },
    { stop: ['a', 'b'], frequency_penalty: -2, presence_penalty: 2 },
    { stream: true, stream_options: { include_usage: true } },
    { response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } } },
    { response_format: { type: 'text' }, reasoning_effort: 'low', parallel_tool_calls: false },
    { tools: [tool('a.b-c_1')], tool_choice: 'auto' },
    { user: 'cron', metadata: { job: 'digest' }, unknown_field: 1 },
    {
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'short' }] },
        { role: 'user', content: 'hi' },
      ],
    },
    {
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', ...tool('f'), function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: '4' },
      ],
    },
  ],
  [
    { model: '' },
    { model: 'm'.repeat(201) },
    { model: 7 },
    { messages: [] },
    { messages: 'hi' },
    { messages: [{ role: 'wizard', content: 'hi' }] },
    { messages: [{ role: 'user' }] },
    { messages: [{ role: 'user', content: [] }] },
    { messages: [{ role: 'user', content: [{ type: 'video', url: 'x' }] }] },
    { messages: [{ role: 'tool', content: 'x' }] },
    { temperature: 2.1 },
    { temperature: 'warm' },
    { top_p: -0.1 },
    { top_k: 1.5 },
    { seed: 'x' },
    { stop: '' },
    { stop: Array.from({ length: 17 }, String) },
    { max_tokens: 0 },
    { n: 2 },
    { stream: 'yes' },
    { response_format: { type: 'xml' } },
    { response_format: { type: 'json_schema', json_schema: {} } },
    { tools: [{ type: 'retrieval' }] },
    { tools: [tool('with space')] },
    { tools: Array.from({ length: 129 }, (_, i) => tool(`t${i}`)) },
    { tool_choice: 'sometimes' },
    { reasoning_effort: 'extreme' },
    { metadata: { job: 7 } },
    { top_logprobs: 21 },
  ],
];

describe('a body of chat completions', () => {
  const path = '/v1/chat/completions';
  const valid = accepts(document, schemaOf(path, 'post'));
  const whole = (some: object) => ({
    model: 'fast-9b',
    messages: [{ role: 'user', content: 'hi' }],
    ...some,
  });
  const statusOf = async (body: unknown) => {
    const response = await toaster.post(path, body);
    await response.text();
    return response.status;
  };

  it.each(fields[0].map((some) => [JSON.stringify(some).slice(0, 70), some]))(
    '%s is taken',
    async (_, some) => {
      expect(valid(whole(some as object))).toBe(true);
      expect(await statusOf(whole(some as object))).toBe(200);
    },
  );

  it.each(fields[1].map((some) => [JSON.stringify(some).slice(0, 70), some]))(
    '%s is not',
    async (_, some) => {
      expect(valid(whole(some as object))).toBe(false);
      expect(await statusOf(whole(some as object))).toBe(400);
    },
  );
});

describe('a body of another dialect', () => {
  const user = [{ role: 'user', content: 'hi' }];
  const message = { model: 'fast-9b', max_tokens: 9, messages: user };
  const blocks = [{ type: 'text', text: 'hi' }];
  const cases: [string, unknown[], unknown[]][] = [
    [
      '/v1/messages',
      [
        message,
        { ...message, system: 'short', messages: [{ role: 'user', content: blocks }] },
        { ...message, system: blocks, tools: [{ name: 'f', input_schema: { type: 'object' } }] },
        { ...message, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      ],
      [
        { ...message, max_tokens: 0 },
        { ...message, messages: [{ role: 'wizard', content: 'hi' }] },
        { ...message, messages: [{ role: 'user', content: 7 }] },
        { model: 'fast-9b', messages: user },
      ],
    ],
    [
      '/v1/responses',
      [
        { model: 'fast-9b', input: 'hi' },
        { model: 'fast-9b', input: user },
        { model: 'fast-9b', input: 'hi', tools: [{ type: 'web_search' }] },
      ],
      [{ input: 'hi' }, { model: 'fast-9b', input: [] }, { model: 'fast-9b', input: 'hi', temperature: 3 }],
    ],
    [
      '/v1/completions',
      [
        { model: 'fast-9b', prompt: 'once' },
        { model: 'fast-9b', prompt: ['once'], stop: 'x' },
      ],
      [
        { model: 'fast-9b', prompt: 7 },
        { model: 'fast-9b', prompt: 'x', temperature: -1 },
      ],
    ],
    [
      '/v1/embeddings',
      [
        { model: 'embed', input: 'a' },
        { model: 'embed', input: ['a', 'b'], encoding_format: 'base64' },
      ],
      [
        { model: 'embed', input: [] },
        { model: 'embed', input: 'a', encoding_format: 'int8' },
      ],
    ],
  ];

  it.each(cases)('%s', async (path, good, bad) => {
    const valid = accepts(document, schemaOf(path, 'post'));
    for (const body of [...good, ...bad]) {
      const response = await toaster.post(path, body);
      const text = await response.text();
      expect([valid(body), response.status], `${JSON.stringify(body)}: ${text}`).toEqual(
        good.includes(body) ? [true, 200] : [false, 400],
      );
    }
  });
});

describe('a body of what changes state', () => {
  const cases: [string, 'put' | 'post', string, unknown[], unknown[]][] = [
    [
      '/api/models/{name}/pin',
      'put',
      '/api/models/fast-3b/pin',
      [{ pinned: false }, { pinned: false, further: 1 }],
      [{}, { pinned: 'yes' }, [], null],
    ],
    [
      '/api/settings',
      'put',
      '/api/settings',
      [{ reserve_gb: 1 }, { prices: null }, { prices: { input: 0, output: 1, currency: 'EUR' } }],
      [
        { reserve_gb: -1 },
        { reserve_gb: '1' },
        { further: 1 },
        { prices: { input: 1 } },
        { prices: { input: 1, output: 1, currency: '' } },
        { prices: { input: 1, output: 1, per: 'token' } },
      ],
    ],
  ];

  it.each(cases)('%s', async (path, method, real, good, bad) => {
    const valid = accepts(document, schemaOf(path, method));
    for (const body of [...good, ...bad]) {
      const { status } = await toaster.admin('PUT', real, body);
      expect([valid(body), status], JSON.stringify(body)).toEqual(
        good.includes(body) ? [true, 200] : [false, 400],
      );
    }
  });
});

describe('a query', () => {
  const parameters = document.paths['/api/requests']?.get?.parameters ?? [];
  const valid = (name: string) =>
    accepts(document, parameters.find((one) => one.name === name)?.schema ?? {});
  const cases: [string, string[], string[]][] = [
    ['filter', ['all', 'demoted', 'failed', 'cached', 'council'], ['none', 'ALL']],
    ['limit', ['1', '50', '500'], ['-1', '1.5', 'ten', '5000']],
    ['q', ['fast', 'a b'], ['x'.repeat(201)]],
  ];

  it.each(cases)('%s', async (name, good, bad) => {
    for (const value of [...good, ...bad]) {
      const { status } = await fetch(`${toaster.url}/api/requests?${new URLSearchParams({ [name]: value })}`);
      expect([valid(name)(value), status], value).toEqual(good.includes(value) ? [true, 200] : [false, 400]);
    }
  });
});
