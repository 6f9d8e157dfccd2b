import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../../helpers/requests.ts';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';

/** What goes over the wire, byte by byte but for ids and clocks. */

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const MODEL = 'qwen3.5:9b';
const tools = [
  {
    type: 'function',
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

/** Every other id of a response is made of its own. */
const normalised = (text: string): string =>
  text.replace(/_[0-9a-f]{32}/g, '_ID').replace(/"(created_at|completed_at)":\d+/g, '"$1":1');

async function streamOf(fields: object): Promise<string> {
  const response = await toaster.post('/v1/responses', { model: 'fast-9b', stream: true, ...fields });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('x-served-by')).toBe(fields && 'model' in fields ? fields.model : 'fast-9b');
  return normalised(await response.text());
}

interface Told {
  type: string;
  sequence_number: number;
  output_index?: number;
  item?: object;
  response?: { output: object[] };
}

const eventsOf = (text: string): Told[] =>
  [...text.matchAll(/^event: (.*)\ndata: (.*)\n$/gm)].map(([, event, data]) => {
    const told: Told = JSON.parse(data ?? '');
    expect(told.type).toBe(event);
    return told;
  });

const STREAMS: [string, object, (() => void)?][] = [
  ['text', { input: 'hi there' }],
  [
    'thoughts-then-calls',
    { model: 'think-9b', input: 'weather?', tools, tool_choice: 'auto' },
    () =>
      toaster.fake.set({
        name: MODEL,
        toolCalls: ['Paris', 'Rome'].map((city) => ({ name: 'weather', arguments: { city } })),
      }),
  ],
  ['summary', { model: 'think-9b', input: 'hi', reasoning: { summary: 'auto' } }],
  ['logprobs', { input: 'hi', top_logprobs: 1 }],
  ['cut', { input: 'one two three', max_output_tokens: 2 }],
  ['empty', { input: 'hi' }, () => toaster.fake.set({ name: MODEL, reply: '' })],
  ['broken', { input: 'one two' }, () => toaster.fake.fault(MODEL, { kind: 'error-in-stream', after: 1 })],
];

describe('a stream', () => {
  it.each(STREAMS)('%s: as it was recorded', async (name, fields, prepare) => {
    prepare?.();
    await expect(await streamOf(fields)).toMatchFileSnapshot(`fixtures/${name}.sse`);
  });

  it.each(STREAMS)(
    '%s: counts its events, and ends each item that it begins',
    async (_name, fields, prepare) => {
      prepare?.();
      const events = eventsOf(await streamOf(fields));
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
      const of = (type: string) => events.filter((event) => event.type === `response.output_item.${type}`);
      const end = events.find(({ type }) => /^response\.(completed|incomplete|failed)$/.test(type));
      const output = end?.response?.output ?? [];
      if (end?.type === 'response.failed') expect(output).toHaveLength(of('added').length);
      else expect(output).toEqual(of('done').map(({ item }) => item));
      expect(of('added').map(({ output_index }) => output_index)).toEqual(output.map((_, i) => i));
    },
  );

  it.each(STREAMS.filter(([name]) => name !== 'broken'))(
    '%s: ends with the response that is given whole',
    async (_name, fields, prepare) => {
      prepare?.();
      const { response } = eventsOf(await streamOf(fields)).at(-1) ?? {};
      const whole = await jsonOf(await toaster.post('/v1/responses', { model: 'fast-9b', ...fields }));
      expect(response).toEqual(JSON.parse(normalised(JSON.stringify(whole))));
    },
  );
});
