import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import type { ChatEvent, Finish } from '../../../proxy/chat/types.ts';
import { systemClock } from '../../../proxy/clock.ts';
import { eventsWriter } from '../../../proxy/dialects/anthropic/writers.ts';
import { ApiError } from '../../../proxy/errors.ts';
import { ReceiptBuilder } from '../../../proxy/telemetry/receipt.ts';
import { fixture, user } from './kit.ts';

/** What goes over the wire, byte for byte, and what Anthropic's client makes of it. */

const started: ChatEvent = { type: 'attempt', state: 'started', model: 'fast-9b' };
const finish = (reason: Finish['reason']): Finish => ({
  type: 'finish',
  reason,
  usage: { promptTokens: 7, completionTokens: 3 },
  loadS: null,
});

/** Serves one answer made of events; `read` gets the server's address. */
async function answered<T>(events: ChatEvent[], read: (url: string) => Promise<T>, shown = true): Promise<T> {
  const server = createServer(async (_req, res) => {
    const builder = new ReceiptBuilder('r1', 'api', systemClock);
    builder.asked('fast-9b', { hash: '', chars: 0 });
    const writer = eventsWriter(res, () => builder.receipt(), shown);
    for (const event of events) {
      builder.add(event);
      await writer.write(event);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await read(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const bytes = async (url: string): Promise<string> => (await fetch(url)).text();
const message = (url: string) =>
  new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0 }).messages
    .stream({ model: 'm', max_tokens: 1, messages: [user('x')] })
    .finalMessage();

const text: ChatEvent[] = [
  started,
  { type: 'load', state: 'loading' },
  { type: 'delta', text: 'Good' },
  { type: 'delta', text: ' toast 🍞' },
  finish('stop'),
];
const call = (id: string, name: string, args: string) => ({ id, name, arguments: args });
const thinking: ChatEvent[] = [
  started,
  { type: 'delta', reasoning: 'Two ' },
  { type: 'delta', reasoning: 'calls.', text: 'Let me look.' },
  { type: 'delta', toolCalls: [call('call_a', 'weather', '{"city":"Paris"}'), call('call_b', 'time', '')] },
  finish('tool_calls'),
];

describe('the events of a message', () => {
  it('are those of the fixtures', async () => {
    expect(await answered(text, bytes)).toBe(fixture('text.sse'));
    expect(await answered(thinking, bytes)).toBe(fixture('thinking-and-tools.sse'));
    const error = new ApiError(503, 'fast-9b broke off.', { code: 'crash' });
    expect(await answered([...text.slice(0, 3), { type: 'error', error }], bytes)).toBe(
      fixture('broken.sse'),
    );
  });

  it("make a message in Anthropic's client", async () => {
    expect(await answered(thinking, message)).toMatchObject({
      id: 'msg_r1',
      stop_reason: 'tool_use',
      usage: { input_tokens: 7, output_tokens: 3 },
      content: [
        { type: 'thinking', thinking: 'Two calls.', signature: 'unsigned' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Paris' } },
        { type: 'tool_use', id: 'call_b', name: 'time', input: {} },
      ],
    });
  });

  it('tell each thought and each word in its place, however they take turns', async () => {
    const mixed: ChatEvent[] = [
      started,
      { type: 'delta', text: 'a' },
      { type: 'delta', reasoning: 'b' },
      { type: 'delta', toolCalls: [call('c', 'd', '{}')] },
      { type: 'delta', text: 'e' },
      finish('length'),
    ];
    const kinds = async (shown: boolean) =>
      (await answered(mixed, message, shown)).content.map(({ type }) => type);
    expect(await kinds(true)).toEqual(['text', 'thinking', 'tool_use', 'text']);
    expect(await kinds(false)).toEqual(['text', 'tool_use', 'text']);
  });

  it('are a message without content when nothing was said', async () => {
    expect(await answered([started, finish('stop')], message)).toMatchObject({
      content: [],
      stop_reason: 'end_turn',
    });
  });

  it('do not begin before it is known who answers', async () => {
    const later: ChatEvent[] = [
      started,
      { type: 'delta', reasoning: 'hm' },
      { type: 'attempt', state: 'failed', model: 'fast-9b', reason: 'crash', detail: 'gone', seconds: 1 },
      { ...started, model: 'fast-3b' },
      ...text.slice(2),
    ];
    const headers = (url: string) => fetch(url).then((response) => response.headers.get('x-degraded'));
    expect(await answered(later, headers, false)).toBe('fast-9b -> fast-3b');
    expect((await answered(later, message, false)).model).toBe('fast-3b');
    const error = new ApiError(503, 'Nobody.', { code: 'busy', retryAfter: 4 });
    const refused = await answered([started, { type: 'error', error }], (url) => fetch(url));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '4']);
  });
});
