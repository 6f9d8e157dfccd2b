import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../proxy/chat/types.ts';
import { Openai } from '../../../proxy/runtimes/openai/runtime.ts';
import { type LlamaServer, startLlamaServer } from '../../helpers/llama-server.ts';
import { chatRequest, collect, never, textOf, until } from '../../helpers/requests.ts';
import { startToaster } from '../../helpers/toaster.ts';
import { writeTinyGguf } from '../../tiny-gguf/write-tiny-gguf.ts';
import { failureOf, finishOf, link } from './kit.ts';

/** The runtime on a real llama-server, with a key, the tiny model and 512 tokens of context for one answer at a time. */

const KEY = 'sk-real-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'llama-server-'));
let server: LlamaServer | string;
let runtime: Openai;
const open = (url: string, key = KEY): Openai =>
  new Openai({ kind: 'openai', url, headers: {}, paid: false, key: { env: 'KEY' } }, () => undefined, {
    env: { KEY: key },
    keychain: async () => '',
  });

beforeAll(async () => {
  writeTinyGguf(join(folder, 'tiny.gguf'));
  server = await startLlamaServer(join(folder, 'tiny.gguf'), [
    ...['-c', '512', '--parallel', '1', '--alias', 'toaster-tiny', '--api-key', KEY],
  ]);
  if (typeof server === 'string') return;
  runtime = open(server.url);
});
afterAll(async () => {
  await runtime?.close();
  if (typeof server !== 'string') await server.close();
  rmSync(folder, { recursive: true });
});

const real = (name: string, test: (server: LlamaServer) => Promise<void>): void =>
  it(name, async (context) => (typeof server === 'string' ? context.skip(server) : test(server)));
const at = link({}, 'toaster-tiny');
const ask = (text: string, fields: Partial<ChatRequest> = {}) =>
  collect(runtime.complete(at)(chatRequest(text, fields), never()));

describe('a real llama-server', () => {
  real('answers, counted, and is asked again while it loads', async () => {
    const events = await ask('make me a toast');
    expect(textOf(events).trim()).toBe('Bread, made warm and brown.');
    expect(finishOf(events)).toMatchObject({ reason: 'stop', usage: { completionTokens: 6 } });
    expect(finishOf(events)?.usage.promptTokens).toBeGreaterThan(5);
  });

  real('cuts at the token limit and at a stop text', async () => {
    const events = await ask('count', { maxTokens: 4 });
    expect(textOf(events).trim()).toBe('one two three four');
    expect(finishOf(events)?.reason).toBe('length');
    expect(textOf(await ask('count', { sampling: { stop: [' four'] } })).trim()).toBe('one two three');
  });

  real('repeats an answer for the same seed', async () => {
    const toss = async (seed: number) =>
      textOf(await ask('coin', { sampling: { seed, temperature: 1 }, maxTokens: 30 }));
    expect(await toss(7)).toBe(await toss(7));
    expect(await toss(7)).not.toBe(await toss(8));
  });

  real('keeps to a JSON Schema', async () => {
    const schema = {
      type: 'object',
      properties: { side: { enum: ['up', 'down'] }, ok: { const: true } },
      required: ['side', 'ok'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema' as const, schema };
    const text = textOf(await ask('what?', { format, sampling: { temperature: 0 } }));
    expect(JSON.parse(text)).toEqual({ side: expect.stringMatching(/^(up|down)$/), ok: true });
  });

  real('gives log probabilities, and as many alternatives as were asked for', async () => {
    const first = async (topLogprobs: number) => {
      const events = await ask('toast', { topLogprobs, maxTokens: 1 });
      return events.flatMap((event) => (event.type === 'delta' ? (event.logprobs ?? []) : []))[0];
    };
    expect(await first(0)).toMatchObject({ token: ' Bread,', top_logprobs: [] });
    expect((await first(2))?.top_logprobs).toHaveLength(2);
  });

  real('refuses a prompt that is too long: the request’s fault, with figures', async () => {
    expect(await failureOf(ask('word '.repeat(2000)))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: expect.stringMatching(/has \d+ tokens and big takes 512/),
    });
  });

  real('refuses pictures: the request’s fault', async () => {
    const messages: ChatRequest['messages'] = [{ role: 'user', text: 'what?', images: ['iVBORw0KGgo='] }];
    expect(await failureOf(ask('', { messages }))).toMatchObject({
      status: 400,
      param: 'messages',
      code: 'unsupported',
    });
  });

  real('refuses a schema that it cannot follow, and takes the next one', async () => {
    const format = { type: 'json_schema' as const, schema: { type: 'nonsense' } };
    expect(await failureOf(ask('hi', { format }))).toMatchObject({ status: 400 });
    expect(textOf(await ask('what?', { format: { type: 'json_object' }, maxTokens: 40 }))).toMatch(/^\s*\{/);
  });

  real('refuses another key', async ({ url }) => {
    const stranger = open(url, 'sk-another-0123456789');
    const error = await failureOf(collect(stranger.complete(at)(chatRequest('hi'), never())));
    expect(error).toMatchObject({
      reason: 'unauthorized',
      message: expect.stringMatching(/401: Invalid API Key.*variable KEY/),
    });
    await stranger.close();
  });

  real('stops when the client goes', async () => {
    const gone = new AbortController();
    const events = runtime.complete(at)(chatRequest('coin'), gone.signal);
    await failureOf(
      (async () => {
        for await (const event of events) if (event.type === 'delta') gone.abort();
      })(),
    );
    // Its one place is free again.
    expect(textOf(await ask('toast')).trim()).toBe('Bread, made warm and brown.');
  });

  real('says what it has, holds it, and cannot be told to let go', async () => {
    expect(await runtime.has(at.weights)).toBe(true);
    expect(await runtime.residents()).toEqual([
      {
        key: 'toaster-tiny',
        size: null,
        context: 0,
        expiresAt: null,
        process: null,
        loading: false,
        fixed: true,
      },
    ]);
    expect(await failureOf(runtime.unload('toaster-tiny'))).toMatchObject({
      reason: 'no_room',
      counts: false,
    });
  });
});

describe('a whole Toaster on a real llama-server', () => {
  real('is told apart from one that has crashed in the midst of an answer', async () => {
    const own = await startLlamaServer(join(folder, 'tiny.gguf'), ['-c', '4096']);
    if (typeof own === 'string') throw new Error(own);
    const toaster = await startToaster({
      runtimes: `  box: { kind: openai, url: "${own.url}" }`,
      weights: '  w: { runtime: box, name: tiny.gguf, size_gb: 0.01, context: 4096 }',
      models: '  box: { weights: w, fallback: [fast-3b] }',
    });
    try {
      const well = await toaster.chat('toast', { model: 'box' });
      expect(well.headers.get('x-served-by')).toBe('box');
      const broken = await toaster.chat('coin', { model: 'box', stream: true });
      const reader = broken.body?.getReader();
      await reader?.read();
      process.kill(own.pid, 'SIGKILL');
      let rest = '';
      for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read())
        rest += new TextDecoder().decode(piece.value);
      expect(rest).toMatch(/"error"/);
      expect(rest).not.toContain('[DONE]');
      await until(() => toaster.log().length === 2);
      expect(toaster.log()[1]).toMatchObject({ exit_code: 5, served_by: 'box' });
      expect((await toaster.chat('hi', { model: 'box' })).headers.get('x-served-by')).toBe('fast-3b');
    } finally {
      await toaster.end();
      await own.close();
    }
  });
});
