import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatRequest, RuntimeEvent } from '../../../proxy/chat/types.ts';
import { forkChild } from '../../../proxy/runtimes/llamacpp/child-process.ts';
import { Llamacpp } from '../../../proxy/runtimes/llamacpp/runtime.ts';
import type { Link } from '../../../proxy/runtimes/types.ts';
import { realTiny } from '../../helpers/real-models.ts';
import { chatRequest, collect, never, textOf, until } from '../../helpers/requests.ts';
import { writeTinyGguf } from '../../tiny-gguf/write-tiny-gguf.ts';

const CONTEXT = 256;
const folder = mkdtempSync(join(tmpdir(), 'llamacpp-'));
const runtime = new Llamacpp(folder, 1, forkChild);

function link(fields: Partial<Link> = {}, file = 'tiny.gguf'): Link {
  return {
    model: 'tiny',
    runtime: 'llamacpp',
    weights: { id: 'w', file, size_gb: 0.001, context: CONTEXT, parallel: 2 },
    settings: {},
    keepAliveS: 300,
    timeouts: { connect: 1, firstToken: 60, load: 60, idle: 60 },
    ...fields,
  };
}
const ask = (text: string, fields: Partial<ChatRequest> = {}, at = link()) =>
  collect(runtime.complete(at)(chatRequest(text, fields), never()));
/** Tools take room in the prompt. */
const roomy = link({
  keepAliveS: 0,
  weights: { id: 'w', file: 'tiny.gguf', size_gb: 0.001, context: 1024, parallel: 1 },
});
const finishOf = (events: RuntimeEvent[]) => events.find((event) => event.type === 'finish');
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeAll(() => writeTinyGguf(join(folder, 'tiny.gguf')));
afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true });
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

describe('what goes wrong', () => {
  it('stops when the client goes away, and answers the next', async () => {
    const gone = new AbortController();
    const seen: RuntimeEvent[] = [];
    const run = async () => {
      for await (const event of runtime.complete(link())(chatRequest('count', {}), gone.signal)) {
        seen.push(event);
        if (event.type === 'delta') gone.abort();
      }
    };
    await expect(run()).rejects.toThrow();
    expect(finishOf(seen)).toBeUndefined();
    const both = await Promise.all([ask('toast'), ask('toast')]);
    expect(both.map((events) => textOf(events).trim())).toEqual(Array(2).fill('Bread, made warm and brown.'));
  });

  it('says when the prompt is longer than the context, with both numbers', async () => {
    await expect(ask('word '.repeat(300))).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: expect.stringMatching(/has \d{3,} tokens and tiny takes 256/),
    });
  });

  it('refuses pictures, log probabilities and reasoning by name', async () => {
    const messages: ChatRequest['messages'] = [{ role: 'user', text: 'x', images: ['aGk='] }];
    await expect(ask('', { messages })).rejects.toMatchObject({ status: 400, param: 'messages' });
    await expect(ask('x', { topLogprobs: 0 })).rejects.toMatchObject({ status: 400, param: 'logprobs' });
    await expect(ask('x', { effort: 'high' })).rejects.toMatchObject({
      status: 400,
      param: 'reasoning_effort',
    });
  });

  it('refuses a schema that a grammar cannot keep', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^a' } } };
    // A property may be called like a keyword.
    const harmless = { type: 'object', properties: { not: { const: 1 } } };
    await expect(
      ask('x', { format: { type: 'json_schema', schema: { allOf: [schema] } } }),
    ).rejects.toMatchObject({ status: 400, param: 'response_format' });
    expect(
      JSON.parse(
        textOf(
          await ask('x', { format: { type: 'json_schema', schema: harmless }, sampling: { temperature: 0 } }),
        ),
      ),
    ).toEqual({ not: 1 });
  });

  it('is a failed link when the process dies, and the next request starts a new one', async () => {
    await ask('toast');
    const [before] = runtime.pids();
    const dying = ask('count');
    await until(() => runtime.pids().length === 1);
    process.kill(before ?? 0, 'SIGKILL');
    await expect(dying).rejects.toMatchObject({
      name: 'LinkFailure',
      reason: 'crash',
      message: expect.stringContaining('SIGKILL'),
    });
    expect(textOf(await ask('toast')).trim()).toBe('Bread, made warm and brown.');
    expect(runtime.pids()).not.toEqual([before]);
  });

  it('says which file is missing', async () => {
    await expect(ask('x', {}, link({}, 'nope.gguf'))).rejects.toMatchObject({
      reason: 'missing',
      message: expect.stringContaining('nope.gguf'),
    });
  });

  it('says when a file is no GGUF', async () => {
    writeFileSync(join(folder, 'broken.gguf'), 'GGUF and then nonsense');
    await expect(ask('x', {}, link({}, 'broken.gguf'))).rejects.toMatchObject({
      reason: 'crash',
      message: expect.stringContaining('could not load'),
    });
  });
});

describe('keep_alive', () => {
  it('ends the process, and with it its memory, when it has run out after the last answer', async () => {
    const [pid = 0] = runtime.pids();
    expect(alive(pid)).toBe(true);
    await ask('toast', {}, link({ keepAliveS: 0.01 }));
    await until(() => !alive(pid));
    expect(runtime.pids()).toEqual([]);
  });

  it('of 0 ends it with the answer; a load that nobody waits for any more ends, too', async () => {
    await ask('toast', {}, link({ keepAliveS: 0 }));
    await until(() => runtime.pids().length === 0);
    const gone = new AbortController();
    const loading = runtime.complete(link())(chatRequest('toast'), gone.signal)[Symbol.asyncIterator]();
    await loading.next();
    expect(runtime.pids()).toHaveLength(1);
    gone.abort();
    await expect(loading.next()).rejects.toThrow();
    await until(() => runtime.pids().length === 0);
  });
});

describe('digest', () => {
  it('changes with the file, and is null without it', async () => {
    const { weights } = link({}, 'd.gguf');
    expect(await runtime.digest(weights)).toBeNull();
    writeFileSync(join(folder, 'd.gguf'), 'one');
    const first = await runtime.digest(weights);
    expect(await runtime.digest(weights)).toBe(first);
    writeFileSync(join(folder, 'd.gguf'), 'other');
    expect(await runtime.digest(weights)).not.toBe(first);
  });
});

describe('the real 0.5B', { timeout: 60_000 }, () => {
  it('answers and writes JSON', async (context) => {
    const file = realTiny();
    if (file === null) return context.skip('the 0.5B is not here; npm start fetches it');
    const real = new Llamacpp(folder, null, forkChild);
    const at = link({ weights: { id: 'real', file, size_gb: 0.5, context: 2048, parallel: 2 } });
    const say = (text: string, fields: Partial<ChatRequest>) =>
      collect(real.complete(at)(chatRequest(text, { sampling: { temperature: 0 }, ...fields }), never()));
    try {
      expect(textOf(await say('Name three primary colours.', {}))).toMatch(/red/i);
      const json = textOf(
        await say('Describe toast as a JSON object.', { format: { type: 'json_object' }, maxTokens: 200 }),
      );
      expect(JSON.parse(json)).toBeTypeOf('object');
    } finally {
      await real.close();
    }
  });
});
