import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../helpers/requests.ts';
import { withClient } from './kit.ts';

const { toaster } = withClient();
const says = (content: unknown) => [{ role: 'user', content }];
const asks = { model: 'fast-9b', max_tokens: 10, messages: says('hi') };
const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
const picture = (source: object) => says([{ type: 'image', source }]);
const book = (source: object) => says([{ type: 'document', source }]);

describe('bad input gets an error in both shapes that names it, and a line in the log', () => {
  const cases: [string, unknown, number, string, string | null, RegExp][] = [
    ['no JSON', '{', 400, 'invalid_request_error', null, /not JSON/],
    ['no object', [], 400, 'invalid_request_error', null, /JSON object/],
    [
      'no limit',
      { ...asks, max_tokens: undefined },
      400,
      'invalid_request_error',
      'max_tokens',
      /is required/,
    ],
    ['no room at all', { ...asks, max_tokens: 0 }, 400, 'invalid_request_error', 'max_tokens', /at least 1/],
    ['no messages', { ...asks, messages: [] }, 400, 'invalid_request_error', 'messages', /at least one/],
    ['an unknown model', { ...asks, model: 'gpt-9' }, 404, 'not_found_error', 'model', /fast-9b, think-9b/],
    [
      'a picture from the network',
      { ...asks, messages: picture({ type: 'url', url: 'https://example.org/a.png' }) },
      400,
      'invalid_request_error',
      'messages.0.content.0.source.type',
      /nothing is fetched/,
    ],
    [
      'a document that is no text',
      { ...asks, messages: book({ type: 'base64', media_type: 'application/pdf', data: 'AAAA' }) },
      400,
      'invalid_request_error',
      'messages.0.content.0.source.type',
      /only its text/,
    ],
    [
      'a block of another kind',
      {
        ...asks,
        messages: says([
          { type: 'text', text: 'x' },
          { type: 'container_upload', file_id: 'f' },
        ]),
      },
      400,
      'invalid_request_error',
      'messages.0.content.1.type',
      /tool_result blocks of a user/,
    ],
    [
      'the result of a tool that nobody called',
      { ...asks, messages: says([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }]) },
      400,
      'invalid_request_error',
      'messages.0.content.0.tool_use_id',
      /toolu_1/,
    ],
    [
      "a demand for a tool of Anthropic's",
      { ...asks, tools: [search], tool_choice: { type: 'tool', name: 'web_search' } },
      400,
      'invalid_request_error',
      'tool_choice',
      /web_search, a tool of Anthropic's servers/,
    ],
    [
      'a demand for any tool, where none is left',
      { ...asks, tools: [search], tool_choice: { type: 'any' } },
      400,
      'invalid_request_error',
      'tool_choice',
      /none that can be called/,
    ],
    [
      'a demand for a tool that is not there',
      { ...asks, tool_choice: { type: 'tool', name: 'x' } },
      400,
      'invalid_request_error',
      'tool_choice',
      /not among/,
    ],
    [
      'a tool without a schema',
      { ...asks, tools: [{ name: 'x' }] },
      400,
      'invalid_request_error',
      'tools.0',
      /input_schema/,
    ],
  ];
  it.each(cases)('%s', async (_name, body, status, type, param, words) => {
    for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
      if (path.endsWith('count_tokens') && param === 'max_tokens') continue;
      const response = await toaster().post(path, body);
      const error = await jsonOf(response);
      if (path.endsWith('count_tokens') && param === 'tool_choice') {
        expect(response.status).toBe(200);
        continue;
      }
      expect(response.status).toBe(status);
      expect(error).toMatchObject({
        type: 'error',
        error: { type, param, message: expect.stringMatching(words) },
        request_id: response.headers.get('request-id'),
      });
      expect(toaster().log().at(-1)).toMatchObject({ exit_code: 2, error: error.error.message });
    }
  });

  it('a form, as a web page could send it', async () => {
    const response = await toaster().post('/v1/messages', asks, { 'content-type': 'text/plain' });
    expect(response.status).toBe(415);
    expect(await jsonOf(response)).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  });
});

describe('what has no effect', () => {
  it('is named and harms nothing', async () => {
    const response = await toaster().post('/v1/messages', {
      ...asks,
      tools: [search, { type: 'bash_20250124', name: 'bash' }],
      container: 'c',
      service_tier: 'auto',
      mcp_servers: [{ type: 'url', url: 'https://example.org' }],
      'odd\nname': 1,
      nothing: null,
    });
    expect((await jsonOf(response)).content).toEqual([{ type: 'text', text: 'echo: hi' }]);
    expect(response.headers.get('x-ignored-params')).toBe(
      'container, service_tier, mcp_servers, odd?name, tools.web_search_20250305, tools.bash_20250124',
    );
    expect(toaster().fake.chats('qwen3.5:9b').at(-1)?.body.tools).toBeUndefined();
  });
});

describe('what can be read', () => {
  it('is read: documents, finds and pictures, of people and of tools', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    await toaster().post('/v1/messages', {
      ...asks,
      messages: [
        ...says([
          {
            type: 'document',
            title: 'Title',
            source: { type: 'text', media_type: 'text/plain', data: 'words' },
          },
          {
            type: 'search_result',
            title: 'Find',
            source: 'a.md',
            content: [{ type: 'text', text: 'found' }],
          },
        ]),
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'look', input: {} }] },
        ...says([
          { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'seen' }, image] },
        ]),
      ],
    });
    expect(toaster().fake.chats('qwen3.5:9b').at(-1)?.body.messages).toMatchObject([
      { role: 'user', content: 'Title\n\nwords\n\nFind (a.md)\n\nfound' },
      { role: 'assistant', tool_calls: [{ function: { name: 'look' } }] },
      { role: 'tool', content: 'seen', tool_name: 'look' },
      { role: 'user', images: ['aGk='] },
    ]);
  });
});
