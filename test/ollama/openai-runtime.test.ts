import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../proxy/chat/types.ts';
import { Openai } from '../../proxy/runtimes/openai/runtime.ts';
import { type RealOllama, startRealOllama } from '../helpers/real-ollama.ts';
import { chatRequest, collect, never, textOf } from '../helpers/requests.ts';
import { failureOf, finishOf, link } from '../runtimes/openai/kit.ts';

/** The `openai` runtime on the `/v1` of a real Ollama: one more server of that API, with ways of its own. */

let real: RealOllama | string;
let runtime: Openai;
beforeAll(async () => {
  real = await startRealOllama();
  if (typeof real === 'string') return;
  const config = { kind: 'openai' as const, url: `${real.url}/v1`, headers: {}, paid: false };
  runtime = new Openai(config, (message) => expect.fail(message));
});
afterAll(async () => {
  await runtime?.close();
  if (typeof real !== 'string') await real.close();
});

const onOllama = (name: string, test: (real: RealOllama) => Promise<void>): void =>
  it(name, async (context) => (typeof real === 'string' ? context.skip(real) : test(real)));
const ask = (model: string, text: string, fields: Partial<ChatRequest> = {}) =>
  collect(runtime.complete(link({}, model))(chatRequest(text, fields), never()));

describe('the /v1 of a real Ollama', () => {
  onOllama('answers, with its usage', async ({ tiny }) => {
    const events = await ask(tiny, 'toast');
    expect(textOf(events).trim()).toBe('Bread, made warm and brown.');
    expect(finishOf(events)).toMatchObject({ reason: 'stop', usage: { promptTokens: expect.any(Number) } });
  });

  onOllama('cuts at the token limit', async ({ tiny }) => {
    const events = await ask(tiny, 'count', { maxTokens: 3 });
    expect([textOf(events).trim(), finishOf(events)?.reason]).toEqual(['one two three', 'length']);
  });

  onOllama('does not have what it does not have', async () => {
    expect(await failureOf(ask('nope:1b', 'hi'))).toMatchObject({
      reason: 'missing',
      message: expect.stringMatching(/does not have nope:1b .*not found/),
    });
  });

  onOllama('names the field that a model cannot honour, at once the second time', async ({ tiny }) => {
    const tools = [{ name: 'f', parameters: { type: 'object' } }];
    for (const _ of [1, 2])
      expect(await failureOf(ask(tiny, 'hi', { tools }))).toMatchObject({
        status: 400,
        param: 'tools',
        code: 'unsupported',
      });
    expect(await failureOf(ask(tiny, 'hi', { effort: 'high' }))).toMatchObject({ status: 400 });
  });

  onOllama(
    'lists what is on its disk, which says nothing of what is in memory: what answered lately is',
    async ({ tiny, twin }) => {
      await ask(tiny, 'toast');
      expect(await runtime.has(link({}, twin).weights)).toBe(true);
      expect((await runtime.residents()).map(({ key, fixed }) => [key, fixed])).toEqual([[tiny, true]]);
    },
  );

  onOllama('keeps to a schema, and to any object', async ({ tiny }) => {
    const schema = {
      type: 'object',
      properties: { ok: { const: true } },
      required: ['ok'],
      additionalProperties: false,
    };
    const text = textOf(await ask(tiny, 'what?', { format: { type: 'json_schema', schema }, maxTokens: 60 }));
    expect(JSON.parse(text)).toEqual({ ok: true });
  });

  onOllama('says of a picture that it cannot see it', async ({ tiny }) => {
    const messages: ChatRequest['messages'] = [{ role: 'user', text: 'what?', images: ['iVBORw0KGgo='] }];
    expect(await failureOf(ask(tiny, '', { messages }))).toMatchObject({ status: 400 });
  });
});
