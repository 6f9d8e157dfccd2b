import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
let client: OpenAI;
beforeAll(async () => {
  toaster = await startToaster();
  client = new OpenAI({ baseURL: `${toaster.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const user = (content: string) => ({ role: 'user' as const, content });
const sentTo = (name: string) => toaster.fake.chats(name).at(-1)?.body;

describe("OpenAI's own client", () => {
  it('gets a whole answer', async () => {
    const answer = await client.chat.completions.create({
      model: 'fast-9b',
      messages: [user('hello there')],
    });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'fast-9b',
      choices: [
        { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'echo: hello there' } },
      ],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    });
    expect(answer.id).toMatch(/^chatcmpl-/);
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
  });

  it('gets a stream, with usage at its end when it asks for that', async () => {
    const stream = await client.chat.completions.create({
      model: 'fast-9b',
      messages: [user('hello there')],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content ?? '').join('')).toBe(
      'echo: hello there',
    );
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`)).size).toBe(1);
  });

  it('lists the models with what Toaster knows of them, and fetches one', async () => {
    const models = (await client.models.list()).data;
    expect(models.map(({ id }) => id)).toContain('council');
    expect(await client.models.retrieve('fast-9b')).toMatchObject({
      id: 'fast-9b',
      object: 'model',
      owned_by: 'toaster',
      weights: 'qwen-9b',
      runtime: 'ollama',
      size_gb: 6.6,
      chain: ['fast-9b', 'fast-3b', 'fast-1b', 'tiny'],
    });
    await expect(client.models.retrieve('nope')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it('calls tools and answers with their results', async () => {
    toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] });
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ];
    const asked = await client.chat.completions.create({
      model: 'fast-9b',
      messages: [user('weather?')],
      tools,
    });
    const [call] = asked.choices[0]?.message.tool_calls ?? [];
    expect(asked.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(call).toMatchObject({
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Paris"}' },
    });

    const streamed = await Array.fromAsync(
      await client.chat.completions.create({
        model: 'fast-9b',
        messages: [user('weather?')],
        tools,
        stream: true,
      }),
    );
    expect(streamed.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toMatchObject([
      { index: 0, function: { name: 'weather' } },
    ]);

    toaster.fake.set({ name: 'qwen3.5:9b', toolCalls: [] });
    const message = asked.choices[0]?.message;
    const messages = [
      user('weather?'),
      ...(message ? [message] : []),
      { role: 'tool' as const, tool_call_id: call?.id ?? '', content: 'sunny' },
    ];
    await client.chat.completions.create({ model: 'fast-9b', messages, tools });
    expect(sentTo('qwen3.5:9b')?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ function: { name: 'weather', arguments: { city: 'Paris' } } }] },
      { role: 'tool', content: 'sunny', tool_name: 'weather' },
    ]);
  });

  it('gets one call of the function that it names, whatever the runtime can', async () => {
    const tools = ['weather', 'time'].map((name) => ({
      type: 'function' as const,
      function: {
        name,
        parameters: { type: 'object', properties: { city: { enum: ['Paris'] } }, required: ['city'] },
      },
    }));
    const forced = async (tool_choice: 'required' | { type: 'function'; function: { name: string } }) => {
      const { choices } = await client.chat.completions.create({
        model: 'fast-9b',
        messages: [user('x')],
        tools,
        tool_choice,
      });
      return choices[0];
    };
    expect(await forced({ type: 'function', function: { name: 'time' } })).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ function: { name: 'time', arguments: '{"city":"Paris"}' } }] },
    });
    expect((await forced('required'))?.message.tool_calls).toHaveLength(1);
  });

  it('sees a broken stream as an error, not as an answer', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'error-in-stream', after: 1 });
    const stream = await client.chat.completions.create({
      model: 'fast-9b',
      messages: [user('a b c')],
      stream: true,
    });
    await expect(Array.fromAsync(stream)).rejects.toThrow(/broke off/);
  });
});
