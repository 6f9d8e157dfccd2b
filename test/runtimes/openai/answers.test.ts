import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../proxy/chat/types.ts';
import { chatRequest, textOf, until } from '../../helpers/requests.ts';
import { failureOf, finishOf, link, startBox } from './kit.ts';

describe('an answer of an OpenAI server', () => {
  it('comes word by word, with its usage', async () => {
    const { ask, fake } = await startBox();
    const events = await ask('make toast');
    expect(events.map((event) => (event.type === 'delta' ? event.text : event.type))).toEqual([
      'echo:',
      ' make',
      ' toast',
      'finish',
    ]);
    expect(finishOf(events)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { promptTokens: 7, completionTokens: 3 },
      loadS: null,
    });
    expect(fake.chats[0]?.body).toEqual({
      model: 'm-1',
      messages: [{ role: 'user', content: 'make toast' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it.each([
    [1, '\n'],
    [2, '\r\n'],
    [3, '\r'],
    [7, '\r\n'],
  ])('is the same in pieces of %i bytes, lines ending in %j', async (slice, eol) => {
    const { ask, fake } = await startBox();
    fake.behaviour = { slice, eol };
    const events = await ask('Grüße 🍞 größer');
    expect(textOf(events)).toBe('echo: Grüße 🍞 größer');
    expect(finishOf(events)).toMatchObject({ reason: 'stop', usage: { completionTokens: 4 } });
  });

  it('is read of a server that does not stream, too', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { fault: 'whole' };
    const events = await ask('hi');
    expect(textOf(events)).toBe('echo: hi');
    expect(finishOf(events)).toMatchObject({ reason: 'stop', usage: { promptTokens: 7 } });
  });

  it.each(['reasoning_content', 'reasoning'])('has its reasoning apart (%s)', async (field) => {
    const { ask, fake } = await startBox();
    fake.behaviour = { deltas: [{ [field]: 'hmm' }, { content: 'yes' }] };
    const events = await ask('hi');
    expect(events.slice(0, 2)).toEqual([
      { type: 'delta', reasoning: 'hmm' },
      { type: 'delta', text: 'yes' },
    ]);
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['eos', 'stop'],
  ])('that finishes by %s ends as %s', async (finish, reason) => {
    const { ask, fake } = await startBox();
    fake.behaviour = { finish };
    expect(finishOf(await ask('hi'))).toMatchObject({ reason });
  });

  it('stops at the server when the client goes', async () => {
    const { runtime, fake } = await startBox();
    fake.behaviour = { tokenMs: 20 };
    const gone = new AbortController();
    const events = runtime.complete(link())(chatRequest('word '.repeat(200)), gone.signal);
    await failureOf(
      (async () => {
        for await (const event of events) if (event.type === 'delta') gone.abort();
      })(),
    );
    await until(() => fake.left === 1);
  });

  it('keeps its connection for the next one', async () => {
    const { ask, fake } = await startBox();
    const ports = (): Set<unknown> => new Set(fake.chats.map(({ port }) => port));
    await until(async () => {
      await ask('again');
      return ports().size < fake.chats.length;
    });
  });
});

describe('tool calls', () => {
  const tools = [{ name: 'weather', description: 'of a city', parameters: { type: 'object' }, strict: true }];
  const piece = (index: number | undefined, id: string | undefined, name?: string, given?: string) => ({
    tool_calls: [
      { ...(index !== undefined && { index }), ...(id && { id }), function: { name, arguments: given } },
    ],
  });

  it('that arrive in pieces are given whole', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = {
      finish: 'tool_calls',
      deltas: [
        piece(0, 'a', 'weather', ''),
        piece(0, undefined, undefined, '{"city":'),
        piece(1, 'b', 'weather', '{"city":"Rome"}'),
        piece(0, undefined, undefined, '"Paris"}'),
      ],
    };
    const events = await ask('weather?', { tools, parallelToolCalls: false });
    const calls = events.flatMap((event) => (event.type === 'delta' ? (event.toolCalls ?? []) : []));
    expect(calls).toEqual([
      { id: 'a', name: 'weather', arguments: '{"city":"Paris"}' },
      { id: 'b', name: 'weather', arguments: '{"city":"Rome"}' },
    ]);
    expect(finishOf(events)?.reason).toBe('tool_calls');
    expect(fake.chats[0]?.body).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'of a city',
            parameters: { type: 'object' },
            strict: true,
          },
        },
      ],
      parallel_tool_calls: false,
    });
  });

  it('without an index are told apart by their ids, and a finish of `stop` is one of calls all the same', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = {
      deltas: [
        piece(undefined, 'a', 'weather', '{"x":'),
        piece(undefined, undefined, undefined, '1}'),
        piece(undefined, 'b', 'weather'),
      ],
    };
    const events = await ask('weather?', { tools });
    expect(events.at(-2)).toEqual({
      type: 'delta',
      toolCalls: [
        { id: 'a', name: 'weather', arguments: '{"x":1}' },
        { id: 'b', name: 'weather', arguments: '{}' },
      ],
    });
    expect(finishOf(events)?.reason).toBe('tool_calls');
  });

  it('that are no JSON are a failure, and one that was cut is left out', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { finish: 'tool_calls', deltas: [piece(0, 'a', 'weather', '{"city":"Pa')] };
    expect(await failureOf(ask('hi', { tools }))).toMatchObject({ name: 'LinkFailure', reason: 'crash' });
    fake.behaviour.finish = 'length';
    const events = await ask('hi', { tools });
    expect(events.filter((event) => event.type === 'delta' && event.toolCalls)).toEqual([]);
    expect(finishOf(events)?.reason).toBe('length');
  });

  it('are told of while they are written, so that a long one is no silence', async () => {
    const { ask, fake } = await startBox();
    fake.behaviour = { finish: 'tool_calls', deltas: [piece(0, 'a', 'weather', '{}'), {}, {}] };
    expect((await ask('hi', { tools }))[0]).toEqual({ type: 'delta' });
  });

  it('and their results go back with their ids, also where the client has none', async () => {
    const { ask, fake } = await startBox();
    const toolCalls = ['a', 'b'].map((id) => ({ id, name: 'weather', arguments: `{"n":"${id}"}` }));
    const messages: ChatRequest['messages'] = [
      { role: 'assistant', text: '', toolCalls },
      { role: 'tool', text: 'rain', toolName: 'weather', toolCallId: 'b' },
      { role: 'tool', text: 'sun', toolName: 'weather' },
      { role: 'user', text: 'so?' },
    ];
    await ask('', { messages });
    expect(fake.chats[0]?.body.messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: toolCalls.map(({ id, ...call }) => ({ id, type: 'function', function: call })),
      },
      { role: 'tool', content: 'rain', tool_call_id: 'b' },
      { role: 'tool', content: 'sun', tool_call_id: 'a' },
      { role: 'user', content: 'so?' },
    ]);
  });
});

describe('everything that a request can ask', () => {
  it('is sent in OpenAI’s words, the config’s where the request has none', async () => {
    const { ask, fake } = await startBox();
    const settings = { ...link().settings, temperature: 0.3, top_k: 20, max_tokens: 99 };
    const schema = { type: 'object' };
    await ask(
      'hi',
      {
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          minP: 0.1,
          seed: 7,
          stop: ['x'],
          frequencyPenalty: 1,
          presencePenalty: -1,
        },
        format: { type: 'json_schema', schema },
        topLogprobs: 2,
        effort: 'low',
      },
      link({ settings }),
    );
    expect(fake.chats[0]?.body).toMatchObject({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 20,
      min_p: 0.1,
      seed: 7,
      stop: ['x'],
      frequency_penalty: 1,
      presence_penalty: -1,
      max_tokens: 99,
      response_format: { type: 'json_schema', json_schema: { schema, strict: true } },
      logprobs: true,
      top_logprobs: 2,
      reasoning_effort: 'low',
    });
  });

  it('pictures are among it, by what their bytes are', async () => {
    const { ask, fake } = await startBox();
    const messages: ChatRequest['messages'] = [
      { role: 'user', text: 'what?', images: ['/9j/AAA', 'iVBORw0KGgo'] },
    ];
    await ask('', { messages });
    expect(fake.chats[0]?.body.messages[0]?.content).toEqual([
      { type: 'text', text: 'what?' },
      { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/AAA' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo' } },
    ]);
  });

  it.each([
    [false, { enable_thinking: false }, undefined],
    [true, { enable_thinking: true }, undefined],
    ['high' as const, { enable_thinking: true, reasoning_effort: 'high' }, 'high'],
  ])('as is think: %j of the model', async (think, kwargs, effort) => {
    const { ask, fake } = await startBox();
    await ask('hi', {}, link({ settings: { ...link().settings, think } }));
    expect(fake.chats[0]?.body.chat_template_kwargs).toEqual(kwargs);
    expect(fake.chats[0]?.body.reasoning_effort).toBe(effort);
  });
});
