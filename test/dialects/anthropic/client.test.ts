import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { until } from '../../helpers/requests.ts';
import { user, withClient } from './kit.ts';

const { toaster, client } = withClient();
const ask = { model: 'fast-9b', max_tokens: 100, messages: [user('hello there')] };
const weather = {
  name: 'weather',
  description: 'The weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

describe("Anthropic's own client", () => {
  it('gets a whole message', async () => {
    const { data, response, request_id } = await client().messages.create(ask).withResponse();
    expect(data).toEqual({
      id: `msg_${request_id}`,
      type: 'message',
      role: 'assistant',
      model: 'fast-9b',
      content: [{ type: 'text', text: 'echo: hello there' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 12,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 3,
      },
    });
    expect(response.headers.get('x-served-by')).toBe('fast-9b');
    expect(response.headers.get('x-request-id')).toBe(request_id);
    expect(toaster().log().at(-1)).toMatchObject({
      request_id,
      model: 'fast-9b',
      tokens_in: 12,
      exit_code: 0,
    });
  });

  it('gets a stream that adds up to the same message', async () => {
    const stream = client().messages.stream(ask);
    const texts: string[] = [];
    stream.on('text', (text) => texts.push(text));
    const message = await stream.finalMessage();
    expect(message).toMatchObject({
      model: 'fast-9b',
      content: [{ type: 'text', text: 'echo: hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, output_tokens: 3 },
    });
    expect(texts).toEqual(['echo:', ' hello', ' there']);
    expect(message.id).toBe(`msg_${stream.request_id}`);
  });

  it('learns who answered in its place, in the body and in headers', async () => {
    toaster().fake.fault('qwen3.5:9b', { kind: 'reset' });
    const { data, response } = await client().messages.create(ask).withResponse();
    expect(data.model).toBe('fast-3b');
    expect(response.headers.get('x-degraded')).toBe('fast-9b -> fast-3b');
    expect((await client().messages.stream(ask).finalMessage()).model).toBe('fast-3b');
  });

  it('is told when the answer was cut', async () => {
    const message = await client().messages.create({ ...ask, max_tokens: 2 });
    expect(message).toMatchObject({ content: [{ text: 'echo: hello' }], stop_reason: 'max_tokens' });
  });

  it('calls tools and answers with their results', async () => {
    toaster().fake.set({
      name: 'qwen3.5:9b',
      toolCalls: [
        { name: 'weather', arguments: { city: 'Paris' } },
        { name: 'weather', arguments: { city: 'Rome' } },
      ],
    });
    const asked = { ...ask, tools: [weather] };
    const whole = await client().messages.create(asked);
    const streamed = await client().messages.stream(asked).finalMessage();
    for (const { content, stop_reason } of [whole, streamed]) {
      expect(stop_reason).toBe('tool_use');
      expect(content).toMatchObject([
        { type: 'tool_use', name: 'weather', input: { city: 'Paris' } },
        { type: 'tool_use', name: 'weather', input: { city: 'Rome' } },
      ]);
    }
    toaster().fake.set({ name: 'qwen3.5:9b', toolCalls: [] });
    const [paris, rome] = whole.content.flatMap((block) => (block.type === 'tool_use' ? block.id : []));
    const results = [
      { type: 'tool_result' as const, tool_use_id: rome ?? '', content: 'no such city', is_error: true },
      {
        type: 'tool_result' as const,
        tool_use_id: paris ?? '',
        content: [{ type: 'text' as const, text: 'sunny' }],
      },
      { type: 'text' as const, text: 'and now?' },
    ];
    const messages = [...ask.messages, { role: whole.role, content: whole.content }, user(results)];
    await client().messages.create({ ...asked, messages });
    expect(toaster().fake.chats('qwen3.5:9b').at(-1)?.body.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        tool_calls: [{ function: { name: 'weather' } }, { function: { arguments: { city: 'Rome' } } }],
      },
      { role: 'tool', content: 'sunny', tool_name: 'weather' },
      { role: 'tool', content: 'Error: no such city', tool_name: 'weather' },
      { role: 'user', content: 'and now?' },
    ]);
  });

  it('gets the call that it demands, and only one when it wants one', async () => {
    const tools = [weather, { ...weather, name: 'time' }];
    for (const tool_choice of [{ type: 'any' }, { type: 'tool', name: 'time' }] as const) {
      const { content, stop_reason } = await client().messages.create({ ...ask, tools, tool_choice });
      expect(stop_reason).toBe('tool_use');
      expect(content).toHaveLength(1);
      if (tool_choice.type === 'tool') expect(content).toMatchObject([{ type: 'tool_use', name: 'time' }]);
    }
    const call = { name: 'weather', arguments: {} };
    toaster().fake.set({ name: 'qwen3.5:9b', toolCalls: [call, call] });
    const one = await client().messages.create({
      ...ask,
      tools,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(one.content).toHaveLength(1);
    const none = await client().messages.create({ ...ask, tools, tool_choice: { type: 'none' } });
    expect(none.content).toEqual([{ type: 'text', text: 'echo: hello there' }]);
  });

  it('sees thoughts when it asks for them, and the text alone when it does not', async () => {
    const thinker = { ...ask, model: 'think-9b' };
    const shown = { type: 'enabled' as const, budget_tokens: 2000 };
    const thoughts = [
      { type: 'thinking', thinking: 'let me see', signature: 'unsigned' },
      { type: 'text', text: 'echo: hello there' },
    ];
    expect((await client().messages.create({ ...thinker, thinking: shown })).content).toEqual(thoughts);
    const streamed = client().messages.stream({ ...thinker, thinking: { type: 'adaptive' } });
    expect((await streamed.finalMessage()).content).toEqual(thoughts);
    for (const thinking of [undefined, { type: 'adaptive' as const, display: 'omitted' as const }]) {
      const body = { ...thinker, ...(thinking && { thinking }) };
      expect((await client().messages.create(body)).content).toEqual(thoughts.slice(1));
      expect((await client().messages.stream(body).finalMessage()).content).toEqual(thoughts.slice(1));
    }
  });

  it('has a model think that can, and never one that cannot', async () => {
    const thinks = async (model: string, type: 'enabled' | 'adaptive' | 'disabled') => {
      const thinking = type === 'enabled' ? { type, budget_tokens: 2000 } : { type };
      const { content } = await client().messages.create({ ...ask, model, thinking });
      return content.some((block) => block.type === 'thinking');
    };
    expect(await thinks('fast-9b', 'enabled')).toBe(true);
    expect(await thinks('fast-9b', 'adaptive')).toBe(false);
    expect(await thinks('think-9b', 'disabled')).toBe(false);
    expect(await thinks('fast-3b', 'enabled')).toBe(false);
  });

  it('lets another answer while only thoughts have come that it does not see', async () => {
    toaster().fake.fault('qwen3.5:9b', { kind: 'reset-mid-stream', after: 1 });
    const body = { ...ask, model: 'think-9b' };
    expect((await client().messages.stream(body).finalMessage()).model).toBe('fast-3b');
    const seeing = client().messages.stream({ ...body, thinking: { type: 'adaptive' } });
    await expect(seeing.finalMessage()).rejects.toMatchObject({ type: 'api_error' });
  });

  it('gets JSON of the shape that it wants', async () => {
    const schema = { type: 'object', properties: { title: { const: 'Toast' } }, required: ['title'] };
    const { content } = await client().messages.create({
      ...ask,
      output_config: { format: { type: 'json_schema', schema } },
    });
    expect(content).toEqual([{ type: 'text', text: '{"title":"Toast"}' }]);
  });

  it('knows errors by their classes, and what to do next by their words', async () => {
    const failing = (fields: object) => client().messages.create({ ...ask, ...fields });
    const unknown = failing({ model: 'claude-haiku-4-5' });
    await expect(unknown).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(unknown).rejects.toMatchObject({
      type: 'not_found_error',
      apiMessage: expect.stringContaining('There are fast-9b, think-9b'),
      error: { error: { param: 'model', code: 'model_not_found' } },
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const odd = failing({
      messages: [user([{ type: 'tool_result', tool_use_id: 'toolu_7', content: 'x' }])],
    });
    await expect(odd).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(odd).rejects.toMatchObject({
      type: 'invalid_request_error',
      apiMessage: expect.stringContaining('tool_use toolu_7'),
      error: { error: { param: 'messages.0.content.0.tool_use_id' } },
    });
    const long = failing({ messages: [user('word '.repeat(9000))] });
    await expect(long).rejects.toMatchObject({ apiMessage: expect.stringMatching(/^prompt is too long: /) });
    toaster().fake.fault('qwen3.5:9b', { kind: 'reset' });
    const strict = client().messages.create(ask, { headers: { 'X-Strict': '1' } });
    await expect(strict).rejects.toBeInstanceOf(Anthropic.InternalServerError);
    expect(toaster().log().at(-1)).toMatchObject({ exit_code: 6, served_by: null });
  });

  it('sees a broken stream as an error, not as an answer', async () => {
    toaster().fake.fault('qwen3.5:9b', { kind: 'error-in-stream', after: 1 });
    const stream = client().messages.stream(ask);
    await expect(stream.finalMessage()).rejects.toMatchObject({
      type: 'api_error',
      message: expect.stringContaining('broke off'),
    });
    expect(toaster().log().at(-1)).toMatchObject({ exit_code: 5 });
  });

  it('stops the work of the runtime when it goes away', async () => {
    toaster().fake.set({ name: 'qwen3.5:9b', tokenMs: 20, reply: 'word '.repeat(2000) });
    const stream = client().messages.stream(ask);
    await new Promise((resolve) => stream.once('text', resolve));
    stream.abort();
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await until(() => toaster().fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
    await until(() => toaster().log().at(-1)?.exit_code === 130);
  });

  it('lists the models, and fetches one', async () => {
    const models = await Array.fromAsync(client().models.list());
    expect(models.map(({ id }) => id)).toContain('council');
    expect(await client().models.retrieve('fast-9b')).toMatchObject({
      id: 'fast-9b',
      type: 'model',
      display_name: 'fast-9b',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      max_input_tokens: 8192,
    });
    await expect(client().models.retrieve('nope')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  it('is answered by the embedded engine, which counts', async () => {
    const body = { ...ask, model: 'tiny', messages: [user('make me a toast')] };
    const message = await client().messages.create(body);
    expect(message).toMatchObject({
      model: 'tiny',
      content: [{ type: 'text', text: 'Bread, made warm and brown.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 6 },
    });
    const { content, usage } = await client().messages.stream(body).finalMessage();
    expect({ content, usage }).toMatchObject({ content: message.content, usage: message.usage });
    const counting = { ...body, messages: [user('count')], stop_sequences: ['three'] };
    expect((await client().messages.create(counting)).content).toEqual([{ type: 'text', text: 'one two ' }]);
  });
});
