import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { until } from '../../helpers/requests.ts';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';

let toaster: TestToaster;
let client: OpenAI;
beforeAll(async () => {
  toaster = await startToaster({ models: '  roomy: { weights: qwen-one, keep_alive: 5m }' });
  client = new OpenAI({ baseURL: `${toaster.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const MODEL = 'qwen3.5:9b';
const sentTo = (name: string) => toaster.fake.chats(name).at(-1)?.body;
const weather = {
  type: 'function' as const,
  name: 'weather',
  description: 'of a city',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
/** The tiny model writes what a grammar leaves it no choice about. */
const ofParis = {
  type: 'object',
  properties: { city: { enum: ['Paris'] } },
  required: ['city'],
  additionalProperties: false,
};

describe("OpenAI's own client, for responses", () => {
  it('gets a whole one', async () => {
    const response = await client.responses.create({
      model: 'fast-9b',
      instructions: 'Be short.',
      input: 'hello there',
      temperature: 0.2,
      max_output_tokens: 50,
      metadata: { job: 'digest' },
      user: 'cron',
    });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'fast-9b',
      output_text: 'echo: hello there',
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'echo: hello there', annotations: [] }],
        },
      ],
      usage: { input_tokens: 14, output_tokens: 3, total_tokens: 17 },
      instructions: 'Be short.',
      temperature: 0.2,
      top_p: null,
      max_output_tokens: 50,
      metadata: { job: 'digest' },
      user: 'cron',
      store: false,
      error: null,
      incomplete_details: null,
    });
    expect(response.id).toMatch(/^resp_[0-9a-f]{32}$/);
    expect(Math.abs(response.created_at - Date.now() / 1000)).toBeLessThan(60);
    expect(response.completed_at).toBeGreaterThanOrEqual(response.created_at);
    expect(sentTo(MODEL)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'hello there' },
      ],
      options: { temperature: 0.2, num_predict: 50 },
    });
    expect(toaster.log().at(-1)).toMatchObject({ user: 'cron', metadata: { job: 'digest' }, exit_code: 0 });
  });

  it('gets a stream, and puts the same response together of it', async () => {
    const stream = client.responses.stream({ model: 'fast-9b', input: 'hello there' });
    const deltas: string[] = [];
    stream.on('response.output_text.delta', ({ delta, snapshot }) => {
      deltas.push(delta);
      expect(snapshot).toBe(deltas.join(''));
    });
    const final = await stream.finalResponse();
    expect(deltas.length).toBeGreaterThan(1);
    expect(final).toMatchObject({
      status: 'completed',
      output_text: 'echo: hello there',
      usage: { total_tokens: 15 },
    });
  });

  it('is told who stood in, in the headers and in each response', async () => {
    toaster.fake.fault(MODEL, { kind: 'status', status: 500 });
    const { data, response } = await client.responses
      .create({ model: 'fast-9b', input: 'x', stream: true })
      .withResponse();
    expect(response.headers.get('x-degraded')).toMatch(/^fast-9b -> fast-3b/);
    const models = (await Array.fromAsync(data)).flatMap((event) =>
      'response' in event ? [event.response.model] : [],
    );
    expect(models).toEqual(['fast-3b', 'fast-3b', 'fast-3b']);
  });

  it('calls functions, and answers with their results', async () => {
    toaster.fake.set({
      name: MODEL,
      toolCalls: ['Paris', 'Rome'].map((city) => ({ name: 'weather', arguments: { city } })),
    });
    const input: ResponseInputItem[] = [{ role: 'user', content: 'weather?' }];
    const asked = await client.responses.create({ model: 'fast-9b', input, tools: [weather] });
    expect(asked).toMatchObject({ status: 'completed', output_text: '', tools: [weather] });
    expect(asked.output).toMatchObject([
      { type: 'function_call', name: 'weather', arguments: '{"city":"Paris"}', call_id: 'call_fake0' },
      { type: 'function_call', name: 'weather', arguments: '{"city":"Rome"}', call_id: 'call_fake1' },
    ]);
    expect(sentTo(MODEL)?.tools).toEqual([
      {
        type: 'function',
        function: { name: 'weather', description: 'of a city', parameters: weather.parameters },
      },
    ]);

    const streamed = await client.responses
      .stream({ model: 'fast-9b', input, tools: [weather] })
      .finalResponse();
    expect(streamed.output).toMatchObject([
      { name: 'weather', parsed_arguments: { city: 'Paris' } },
      { name: 'weather', parsed_arguments: { city: 'Rome' } },
    ]);

    toaster.fake.set({ name: MODEL, toolCalls: [] });
    const calls = asked.output.filter((item) => item.type === 'function_call');
    const results = calls.map(({ call_id, arguments: json }) => ({
      type: 'function_call_output' as const,
      call_id,
      output: `sunny ${json}`,
    }));
    await client.responses.create({
      model: 'fast-9b',
      input: [...input, ...calls, ...results],
      tools: [weather],
    });
    expect(sentTo(MODEL)?.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        tool_calls: [
          { id: 'call_fake0', function: { name: 'weather', arguments: { city: 'Paris' } } },
          { id: 'call_fake1', function: { name: 'weather', arguments: { city: 'Rome' } } },
        ],
      },
      { role: 'tool', content: 'sunny {"city":"Paris"}', tool_name: 'weather' },
      { role: 'tool', content: 'sunny {"city":"Rome"}', tool_name: 'weather' },
    ]);
  });

  it('gets one call of the function that it names, or of those that it allows', async () => {
    const tools = ['weather', 'time'].map((name) => ({ ...weather, name }));
    const named = (mode: 'auto' | 'required') => ({
      type: 'allowed_tools' as const,
      mode,
      tools: [{ type: 'function', name: 'time' }],
    });
    for (const tool_choice of [{ type: 'function' as const, name: 'time' }, named('required')]) {
      const { output } = await client.responses.create({ model: 'fast-9b', input: 'x', tools, tool_choice });
      expect(output).toMatchObject([{ type: 'function_call', name: 'time' }]);
    }
    await client.responses.create({ model: 'fast-9b', input: 'x', tools, tool_choice: named('auto') });
    expect(sentTo(MODEL)?.tools).toMatchObject([{ function: { name: 'time' } }]);
    await client.responses.create({ model: 'fast-9b', input: 'x', tools, tool_choice: 'none' });
    expect(sentTo(MODEL)?.tools).toBeUndefined();
  });

  it('gets structured output, parsed', async () => {
    const format = zodTextFormat(z.object({ city: z.enum(['Paris']), sunny: z.boolean() }), 'report');
    const parsed = await client.responses.parse({ model: 'fast-9b', input: 'x', text: { format } });
    expect(parsed.output_parsed).toMatchObject({ city: 'Paris', sunny: expect.any(Boolean) });
    expect(sentTo(MODEL)?.format).toMatchObject({ type: 'object', required: ['city', 'sunny'] });
    const streamed = client.responses.stream({ model: 'fast-9b', input: 'x', text: { format } });
    expect((await streamed.finalResponse()).output_parsed).toEqual(parsed.output_parsed);
    await client.responses.create({
      model: 'fast-9b',
      input: 'x',
      text: { format: { type: 'json_object' } },
    });
    expect(sentTo(MODEL)?.format).toEqual({ type: 'object' });
  });

  it('reads thoughts, as they are or where it looks for summaries', async () => {
    const thoughts = async (reasoning: OpenAI.Reasoning) => {
      const whole = await client.responses.create({ model: 'think-9b', input: 'x', reasoning });
      const stream = client.responses.stream({ model: 'think-9b', input: 'x', reasoning });
      const bare = ({ output: [item] }: typeof whole) => ({ ...item, id: undefined });
      expect(bare(await stream.finalResponse())).toEqual(bare(whole));
      return whole.output;
    };
    expect(await thoughts({ effort: 'high' })).toMatchObject([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'let me see' }] },
      { type: 'message', content: [{ text: 'echo: x' }] },
    ]);
    expect(await thoughts({ summary: 'auto' })).toMatchObject([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'let me see' }] },
      { type: 'message' },
    ]);
    await client.responses.create({ model: 'think-9b', input: 'x', reasoning: { effort: 'none' } });
    expect(sentTo(MODEL)?.think).toBe(false);
  });

  it('gets the probability of each token', async () => {
    const { output } = await client.responses.create({
      model: 'fast-9b',
      input: 'x',
      top_logprobs: 1,
      include: ['message.output_text.logprobs'],
    });
    expect(output[0]).toMatchObject({
      content: [{ logprobs: [{ token: 'echo:', top_logprobs: [{}] }, { token: ' x' }] }],
    });
    const stream = client.responses.stream({ model: 'fast-9b', input: 'x', top_logprobs: 1 });
    expect((await stream.finalResponse()).output[0]).toMatchObject({
      content: [{ logprobs: [{ token: 'echo:' }, { token: ' x' }] }],
    });
  });

  it('learns that an answer was cut', async () => {
    const cut = { model: 'fast-9b', input: 'one two three', max_output_tokens: 2 };
    const incomplete = {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ text: 'echo: one' }] }],
    };
    expect(await client.responses.create(cut)).toMatchObject(incomplete);
    expect(await client.responses.stream(cut).finalResponse()).toMatchObject(incomplete);
  });

  it('sends pictures, in messages and in results', async () => {
    const image_url = 'data:image/png;base64,aGVsbG8=';
    await client.responses.create({
      model: 'fast-9b',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url, detail: 'auto' },
          ],
        },
        { type: 'function_call', call_id: 'c', name: 'view_image', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [{ type: 'input_image', image_url, detail: 'auto' }],
        },
      ],
    });
    expect(sentTo(MODEL)?.messages).toMatchObject([
      { role: 'user', content: 'look', images: ['aGVsbG8='] },
      { role: 'assistant' },
      { role: 'tool', images: ['aGVsbG8='] },
    ]);
  });

  it('sees what went wrong: before an answer as a status, within one as an error', async () => {
    await expect(client.responses.create({ model: 'nope', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    toaster.fake.fault(MODEL, { kind: 'error-in-stream', after: 1 });
    const request = { model: 'fast-9b', input: 'a b c' };
    await expect(client.responses.stream(request).finalResponse()).rejects.toThrow(/broke off/);
    const events: string[] = [];
    const reading = async () => {
      for await (const { type } of await client.responses.create({ ...request, stream: true }))
        events.push(type);
    };
    await expect(reading()).rejects.toThrow(/broke off/);
    expect(events.at(-1)).toBe('response.failed');
    expect(toaster.log().at(-1)).toMatchObject({ exit_code: 5 });
  });

  it('stops the work when it goes away', async () => {
    toaster.fake.fault(MODEL, { kind: 'hang-mid-stream', after: 2 });
    const stream = client.responses.stream({ model: 'fast-9b', input: 'a b c d' });
    stream.once('response.output_text.delta', () => stream.abort());
    await expect(stream.finalResponse()).rejects.toThrow(/abort/);
    await until(() => toaster.fake.chats(MODEL).at(-1)?.aborted === true);
    await until(() => toaster.log().at(-1)?.exit_code === 130);
  });

  it('is told that nothing is kept', async () => {
    const gone = { status: 404, code: 'not_found', message: expect.stringMatching(/not kept here/) };
    await expect(client.responses.retrieve('resp_1')).rejects.toMatchObject(gone);
    await expect(client.responses.delete('resp_1')).rejects.toMatchObject(gone);
    await expect(client.responses.cancel('resp_1')).rejects.toMatchObject(gone);
    await expect(client.responses.inputItems.list('resp_1')).rejects.toMatchObject(gone);
  });

  it('gets answers of the embedded engine, too', async () => {
    const toast = client.responses.stream({ model: 'tiny', input: 'toast' });
    expect((await toast.finalResponse()).output_text).toMatch(/Bread, made warm and brown\./);
    const { output } = await client.responses.create({
      model: 'roomy',
      input: 'please call',
      tools: [{ ...weather, parameters: ofParis }],
      parallel_tool_calls: false,
    });
    expect(output).toMatchObject([{ type: 'function_call', name: 'weather', arguments: '{"city":"Paris"}' }]);
  });
});
