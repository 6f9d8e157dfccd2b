import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../proxy/chat/types.ts';
import { textOf } from '../../helpers/requests.ts';
import { CONTEXT, finishOf, link, startRuntime } from './kit.ts';

const { runtime, ask } = startRuntime();
/** Tools take room in the prompt. */
const roomy = link({
  keepAliveS: 0,
  weights: { id: 'w', file: 'tiny.gguf', size_gb: 0.001, context: 1024, parallel: 1 },
});

describe('a GGUF in a child process', () => {
  it('is loaded at the first request, tells so, answers and counts', async () => {
    const events = await ask('make me a toast');
    expect(events[0]).toMatchObject({ type: 'load', state: 'loading' });
    expect(events.find((event) => event.type === 'load' && event.state === 'loaded')).toBeDefined();
    expect(textOf(events)).toBe('Bread, made warm and brown.');
    expect(finishOf(events)).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 10, completionTokens: 6 },
    });
    expect(finishOf(events)?.loadS).toBeGreaterThan(0);
  });

  it('is warm at the second', async () => {
    const events = await ask('make me a toast');
    expect(events.filter(({ type }) => type === 'load')).toEqual([]);
    expect(finishOf(events)?.loadS).toBe(0);
  });

  it('cuts at the token limit', async () => {
    const events = await ask('count', { maxTokens: 4 });
    expect(textOf(events)).toBe('one two three four');
    expect(finishOf(events)).toMatchObject({ reason: 'length', usage: { completionTokens: 4 } });
  });

  it('cuts at the end of the context instead of forgetting what came first', async () => {
    const events = await ask('count');
    expect(finishOf(events)?.reason).toBe('length');
    expect(finishOf(events)?.usage.completionTokens).toBeGreaterThan(CONTEXT - 20);
  });

  it('stops at a stop text, across tokens, and leaves it out', async () => {
    const events = await ask('count', { sampling: { stop: ['three four'] } });
    expect(textOf(events).trim()).toBe('one two');
    expect(finishOf(events)?.reason).toBe('stop');
  });

  it('keeps back nothing of an answer that ends while a stop text might be beginning', async () => {
    const events = await ask('count', { sampling: { stop: ['three four'] }, maxTokens: 3 });
    expect(textOf(events).trim()).toBe('one two three');
    expect(finishOf(events)?.reason).toBe('length');
  });

  it('repeats an answer for the same seed, and not for another', async () => {
    const toss = async (seed: number) =>
      textOf(await ask('coin', { sampling: { seed, temperature: 1 }, maxTokens: 30 }));
    expect(await toss(7)).toBe(await toss(7));
    expect(await toss(7)).not.toBe(await toss(8));
  });

  it('keeps to a JSON Schema', async () => {
    const schema = {
      type: 'object',
      properties: { side: { enum: ['up', 'down'] }, ok: { const: true } },
      required: ['side', 'ok'],
      additionalProperties: false,
    };
    const events = await ask('what?', {
      format: { type: 'json_schema', schema },
      sampling: { temperature: 0 },
    });
    expect(JSON.parse(textOf(events))).toEqual({ side: expect.stringMatching(/^(up|down)$/), ok: true });
  });

  it('answers two at the same time, and a third after them', async () => {
    const answers = await Promise.all(
      ['toast', 'count', 'what?'].map((text) => ask(text, { maxTokens: 20 })),
    );
    expect(answers.map((events) => textOf(events).trim().split(' ')[0])).toEqual(['Bread,', 'one', 'I']);
    expect(runtime.pids()).toHaveLength(1);
  });

  it('is asked in the words of the system and of earlier turns', async () => {
    const messages: ChatRequest['messages'] = [
      { role: 'system', text: 'Be brief. ' },
      { role: 'user', text: 'hello ' },
      { role: 'assistant', text: 'hi' },
      { role: 'user', text: 'toast' },
    ];
    const events = await ask('', { messages });
    expect(textOf(events).trim()).toBe('Bread, made warm and brown.');
    expect(finishOf(events)?.usage.promptTokens).toBeGreaterThan(15);
  });
});

describe('tools', () => {
  const parameters = {
    type: 'object',
    properties: { city: { enum: ['Paris'] } },
    required: ['city'],
    additionalProperties: false,
  };
  const tools = [{ name: 'get_weather', description: 'The weather of a city.', parameters }];

  it('are called with arguments that fit, and end the answer as a tool call', async () => {
    const events = await ask('please call', { tools, parallelToolCalls: false }, roomy);
    const calls = events.flatMap((event) => (event.type === 'delta' ? (event.toolCalls ?? []) : []));
    expect(calls).toEqual([
      { id: expect.stringMatching(/^call_/), name: 'get_weather', arguments: '{"city":"Paris"}' },
    ]);
    expect(finishOf(events)?.reason).toBe('tool_calls');
  });

  it('may go unused, and their results are read', async () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', text: 'weather? ' },
      {
        role: 'assistant',
        text: '',
        toolCalls: [{ id: 'a', name: 'get_weather', arguments: '{"city":"Paris"}' }],
      },
      { role: 'tool', text: 'sunny', toolName: 'get_weather' },
      { role: 'user', text: 'toast' },
    ];
    const events = await ask('', { tools, messages }, roomy);
    expect(textOf(events).trim()).toBe('Bread, made warm and brown.');
    expect(finishOf(events)?.reason).toBe('stop');
  });
});
