import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatRequest, RuntimeEvent } from '../../../proxy/chat/types.ts';
import { chatRequest, textOf, until } from '../../helpers/requests.ts';
import { finishOf, link, startRuntime } from './kit.ts';

const { runtime, folder, ask } = startRuntime();
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

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
