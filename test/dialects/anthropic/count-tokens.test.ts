import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../helpers/requests.ts';
import { recorded, user, withClient } from './kit.ts';

const { toaster, client } = withClient();

describe('the count of a prompt', () => {
  it('is an estimate, said to be one, and no model is asked for it', async () => {
    const { data, response } = await client()
      .messages.countTokens({ model: 'fast-9b', messages: [user('How warm is the toast by now, please?')] })
      .withResponse();
    expect(data.input_tokens).toBeGreaterThan(9);
    expect(data.input_tokens).toBeLessThan(20);
    expect(response.headers.get('x-token-count')).toBe('estimated');
    expect(toaster().fake.seen.filter(({ path }) => path === '/api/chat')).toEqual([]);
  });

  it('grows with all that the model reads, and with nothing else', async () => {
    const count = async (body: object): Promise<number> =>
      (await jsonOf(await toaster().post('/v1/messages/count_tokens?beta=true', body))).input_tokens;
    const body = recorded('agent-turn');
    const whole = await count(body);
    for (const less of [{ tools: [] }, { system: [] }, { tool_choice: { type: 'none' } }])
      expect(await count({ ...body, ...less })).toBeLessThan(whole);
    expect(await count({ ...body, max_tokens: 1, stream: false })).toBe(whole);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const seen = { role: 'user', content: [image] };
    expect(await count({ model: 'fast-9b', messages: [seen] })).toBeGreaterThan(100);
  });

  it('is a line in the log that is no request', async () => {
    await client().messages.countTokens({ model: 'fast-3b', messages: [user('x')] });
    expect(toaster().log().at(-1)).toMatchObject({ command: 'count_tokens', model: 'fast-3b', exit_code: 0 });
    const stats = await jsonOf(await fetch(`${toaster().url}/api/requests`));
    expect(JSON.stringify(stats)).not.toContain('count_tokens');
  });
});
