import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault as FakeFault } from '../fake-ollama/faults.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { type Fault, FaultProxy } from '../helpers/fault-proxy.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { FAKE_MODELS, startToaster, type TestToaster } from '../helpers/toaster.ts';

/**
 * What TCP does on the way to Ollama. What Ollama itself says wrongly, such as an error in its 200, is in
 * test/chain/fallback.test.ts.
 */

const SENTENCE = 'grüße 🍞 aus dem Toaster';
const BREAD = 'Bread, made warm and brown.';

let fake: FakeOllama;
let between: FaultProxy;
let toaster: TestToaster;
beforeAll(async () => {
  fake = await FakeOllama.start({ models: FAKE_MODELS });
  between = await FaultProxy.start(fake.port);
  toaster = await startToaster({
    onOllama: between.url,
    models: `
  cut: { weights: qwen-9b, think: false, fallback: [tiny] }
  hasty: { weights: qwen-9b, think: false, fallback: [tiny], timeouts: { first_token: 1s, idle: 300ms } }
  solo: { weights: qwen-9b, think: false, fallback: [] }
  tiny: { fallback: [] }
  first: { weights: qwen-9b, fallback: [last] }
  last: { weights: llama-3b, fallback: [] }`,
  });
});
afterAll(async () => {
  await toaster.end();
  await between.close();
  await fake.close();
});
beforeEach(async () => {
  fake.reset();
  spoil({});
  // In memory, so that a chat is the next that goes over the wire, and well, so that nothing rests.
  for (const model of ['cut', 'hasty', 'solo'])
    expect((await jsonOf(await ask('warm', model))).model).toBe(model);
});

/** From now on there are only connections with this fault. */
function spoil(fault: Fault): void {
  between.plan = () => fault;
  between.resetAll();
}
const ask = (text: string, model: string, stream = false) => toaster.chat(text, { model, stream });
const lastLine = () => toaster.log().at(-1) ?? {};
const contentOf = (stream: string): string =>
  [...stream.matchAll(/^data: (\{.*)$/gm)]
    .map(([, json = '']) => JSON.parse(json).choices?.[0]?.delta.content ?? '')
    .join('');

/** Where an answer breaks: in its headers, in its first line before the text, and inside the bread's four bytes. */
const IN_HEADERS = Buffer.from('x-ndjson');
const IN_FIRST_LINE = Buffer.from('{"model":"qwen3.5:9b","created_at"');
const IN_A_CHARACTER = Buffer.from('🍞').subarray(0, 2);

/** A runtime that says all of its answer, and then not that it is done: it stops when it is told to. */
const ONLY_WHEN_TOLD: FakeFault = { kind: 'hang-mid-stream', after: 1000 };

async function expectStandIn(response: Response, reason: string): Promise<void> {
  const text = await response.text();
  const stream = response.headers.get('content-type')?.includes('event-stream');
  const content = stream ? contentOf(text) : JSON.parse(text).choices[0].message.content;
  expect([response.status, content.trim()]).toEqual([200, BREAD]);
  expect(response.headers.get('x-served-by')).toBe('tiny');
  expect(response.headers.get('x-degraded-reason')).toBe(reason);
  expect(lastLine()).toMatchObject({ served_by: 'tiny', demoted: true, exit_code: 0 });
}

/** The error in a stream whose client has read words of it. */
function expectBrokenOff(stream: string, words: RegExp): void {
  expect(contentOf(stream)).toMatch(words);
  expect(stream).toContain('"code":"broke_off"');
  expect(stream).not.toMatch(/\[DONE\]|"finish_reason":"stop"/);
  expect(lastLine()).toMatchObject({ exit_code: 5, finish: null });
}

describe('the next link answers, streamed or not, when the connection', () => {
  it.each<[string, Fault, string]>([
    ['is refused', { refused: true }, 'connection'],
    ['is reset before anything', { breaks: { after: 0, by: 'reset' } }, 'connection'],
    ['is reset in the headers', { breaks: { after: IN_HEADERS, by: 'reset' } }, 'connection'],
    ['is reset before the first word', { breaks: { after: IN_FIRST_LINE, by: 'reset' } }, 'crash'],
    ['ends before the first word', { breaks: { after: IN_FIRST_LINE, by: 'end' } }, 'crash'],
  ])('%s', async (_what, fault, reason) => {
    for (const stream of [false, true]) {
      spoil(fault);
      await expectStandIn(await ask('toast', 'cut', stream), reason);
    }
  });

  it.each<[string, Fault]>([
    ['says nothing', { breaks: { after: 0, by: 'stall' } }],
    ['says nothing after the headers', { breaks: { after: IN_FIRST_LINE, by: 'stall' } }],
  ])('%s; and the runtime learns that nobody waits', async (_what, fault) => {
    for (const stream of [false, true]) {
      spoil(fault);
      fake.fault('qwen3.5:9b', ONLY_WHEN_TOLD);
      await expectStandIn(await ask('toast', 'hasty', stream), 'timeout');
      await until(() => fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
      fake.reset();
    }
  });
});

describe('once words have come', () => {
  it('a reset is an error in the stream', async () => {
    fake.fault('qwen3.5:9b', { kind: 'hang-mid-stream', after: 2 });
    const response = await ask('one two three', 'cut', true);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += part.value;
      if (contentOf(text) === 'echo: one') between.resetAll();
    }
    expectBrokenOff(text, /^echo: one$/);
  });

  it('silence is, too, the runtime is told to stop, and where no client has seen a word another answers', async () => {
    fake.fault('qwen3.5:9b', ONLY_WHEN_TOLD);
    spoil({ breaks: { after: IN_A_CHARACTER, by: 'stall' } });
    const text = await (await ask(SENTENCE, 'hasty', true)).text();
    expectBrokenOff(text, /^echo: grüße$/);
    expect(text).toContain('hasty gave no further token within 0.3 s');
    await until(() => fake.chats('qwen3.5:9b').at(-1)?.aborted === true);
    spoil({ breaks: { after: Buffer.from('"content":"echo:"'), by: 'stall' } });
    await expectStandIn(await ask('toast', 'hasty'), 'timeout');
  });

  it('an end inside a character is, too, and nobody reads half of it; the same for another that answers', async () => {
    spoil({ breaks: { after: IN_A_CHARACTER, by: 'end' } });
    const text = await (await ask(SENTENCE, 'cut', true)).text();
    expectBrokenOff(text, /^echo: grüße$/);
    expect(text).not.toContain('\ufffd');
    spoil({ breaks: { after: Buffer.from('"content":" toa'), by: 'end' } });
    await expectStandIn(await ask('toast', 'cut'), 'crash');
  });
});

describe('no fault at all', () => {
  it('is an answer that comes a byte at a time', async () => {
    spoil({ sliceBytes: 1 });
    const whole = await jsonOf(await ask(SENTENCE, 'solo'));
    expect([whole.model, whole.choices[0].message.content]).toEqual(['solo', `echo: ${SENTENCE}`]);
    const stream = await (await ask(SENTENCE, 'solo', true)).text();
    expect(contentOf(stream)).toBe(`echo: ${SENTENCE}`);
    expect(stream).toContain('[DONE]');
  });

  it('is a kept connection that was reset while nobody used it', async () => {
    for (let n = 0; n < 5; n++) {
      between.resetAll();
      expect((await jsonOf(await ask(`again ${n}`, 'solo'))).model).toBe('solo');
    }
  });
});

describe('a runtime that is full', () => {
  it.each([429, 503])(
    'with %i: its Retry-After goes to the client when nobody else answers',
    async (status) => {
      fake.fault('qwen3.5:9b', { kind: 'status', status: 503, retryAfter: 3 });
      fake.fault('llama3.2:3b', { kind: 'status', status, retryAfter: 7 });
      const response = await ask('hi', 'first');
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
      expect((await jsonOf(response)).error.code).toBe('chain_failed');
    },
  );

  it('and is stood in for, or says no time that can be counted: no Retry-After', async () => {
    fake.fault('qwen3.5:9b', { kind: 'status', status: 503, retryAfter: 7 });
    const demoted = await ask('toast', 'cut');
    expect(demoted.headers.get('retry-after')).toBe(null);
    await expectStandIn(demoted, 'http_5xx');
    fake.fault('llama3.2:3b', { kind: 'status', status: 503 });
    const failed = await ask('hi', 'first');
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, null]);
  });
});
