import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../helpers/requests.ts';
import { recorded, withClient } from './kit.ts';

/** What Claude Code sends, and what becomes of it. */

const { toaster } = withClient();
const HEADERS = {
  'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,effort-2025-11-24',
  'anthropic-version': '2023-06-01',
  'x-api-key': 'dummy',
};
const send = (body: object) => toaster().post('/v1/messages?beta=true', body, HEADERS);
const sentTo = (name: string) => toaster().fake.chats(name).at(-1)?.body;

describe('Claude Code', () => {
  it('has a turn of its agent answered', async () => {
    const response = await send(recorded('agent-turn'));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^event: message_start\n[\s\S]*event: message_stop\ndata: .*\n\n$/);
    expect(response.headers.get('x-ignored-params')).toBe(
      'context_management, output_config.effort, system.x-anthropic-billing-header',
    );
    const sent = sentTo('qwen3.5:9b');
    expect(sent?.messages).toEqual([
      { role: 'system', content: 'Who the agent is.\n\n\nWhat the agent does.' },
      {
        role: 'user',
        content: '<system-reminder>\nHow commits are to be attributed.\n</system-reminder>\n\nsay hi',
      },
      { role: 'system', content: '# Environment\nThe working directory.' },
    ]);
    expect(sent).toMatchObject({
      think: false,
      options: { num_predict: 32000 },
      tools: [
        { function: { name: 'Bash', parameters: { required: ['command'] } } },
        { function: { name: 'ToolSearch' } },
      ],
    });
    expect(sent?.tools).toHaveLength(2);
    expect(toaster().log().at(-1)).toMatchObject({
      source: 'api',
      exit_code: 0,
      user: expect.stringContaining('0123456789abcdef'),
    });
  });

  it('goes on with the results of tools, in the order of their calls, and with the tool that it found', async () => {
    await (await send(recorded('tool-results-turn'))).text();
    const sent = sentTo('qwen3.5:9b');
    expect(sent?.messages?.slice(3)).toMatchObject([
      { role: 'assistant', content: '', tool_calls: [{}, {}, {}] },
      { role: 'tool', tool_name: 'Bash', content: 'hi' },
      { role: 'tool', tool_name: 'Read', content: 'Error: File does not exist.' },
      { role: 'tool', tool_name: 'ToolSearch', content: 'The tool WebFetch can be called from now on.' },
    ]);
    expect(JSON.stringify(sent?.messages)).not.toContain('"hm"');
    const names = sent?.tools?.map((tool) => JSON.parse(JSON.stringify(tool)).function.name);
    expect(names).toEqual(['Bash', 'Read', 'ToolSearch', 'WebFetch']);
  });

  it('has a session named by the small model', async () => {
    const whole = await jsonOf(await send({ ...recorded('title'), stream: false }));
    expect(Object.keys(JSON.parse(whole.content[0].text))).toEqual(['title']);
    expect(whole).toMatchObject({ model: 'fast-3b', stop_reason: 'end_turn' });
    expect(sentTo('llama3.2:3b')).toMatchObject({ format: { required: ['title'] } });
    expect(sentTo('llama3.2:3b')?.tools).toBeUndefined();
  });

  it('is the same prompt for the cache in each session', async () => {
    const answer = async (version: string) => {
      const body = recorded('title');
      const system = [{ type: 'text', text: `x-anthropic-billing-header: cc_version=${version};` }];
      const response = await toaster().post(
        '/v1/messages',
        { ...body, system, stream: false },
        { 'x-cache': 'use' },
      );
      await response.text();
      return response.headers.get('x-cache');
    };
    expect([await answer('1.a'), await answer('1.b')]).toEqual(['miss', 'hit']);
  });
});
