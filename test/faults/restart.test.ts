import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { chat, startProgram, withTinyModel, yamlOn } from '../helpers/program.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FAKE_MODELS, startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What answers ends, and comes back, while it is asked. */

describe('an Ollama that is restarted under load', () => {
  let fake: FakeOllama;
  let toaster: TestToaster;
  afterEach(async () => {
    await toaster.end();
    await fake.close();
  });

  it('costs those their answer whom it was answering, in words, and nobody else', async () => {
    const slow = FAKE_MODELS.map((model) => ({ ...model, tokenMs: 5 }));
    fake = await FakeOllama.start({ models: slow });
    const { port } = fake;
    toaster = await startToaster({ onOllama: fake.url, models: '  fast-9b: { fallback: [tiny] }' });
    expect((await jsonOf(await toaster.chat('warm'))).model).toBe('fast-9b');
    const text = 'word '.repeat(20).trim();
    const streams = Array.from({ length: 20 }, async () => {
      const response = await toaster.chat(text, { stream: true });
      return { served: response.headers.get('x-served-by'), body: await response.text() };
    });
    await until(() => toaster.log().length >= 1 + 4);
    await fake.close();
    // Where nobody listens, the next link answers.
    const meanwhile = await toaster.chat('toast');
    expect(meanwhile.headers.get('x-served-by')).toBe('tiny');
    fake = await FakeOllama.start({ models: slow, port });
    const ends = await Promise.all(streams);
    for (const { served, body } of ends) {
      const whole = body.includes('"finish_reason":"stop"') || body.includes('"finish_reason":"length"');
      expect([whole, body.includes('data: [DONE]')]).toEqual([whole, whole]);
      if (!whole) expect([served, body.includes('"code":"broke_off"')]).toEqual(['fast-9b', true]);
    }
    const lost = ends.filter(({ body }) => !body.includes('[DONE]'));
    // No more than there were at work: two.
    expect(lost.length).toBeLessThanOrEqual(2);
    const status = await jsonOf(await fetch(`${toaster.url}/api/status`));
    const atWork = status.residents.map(({ in_flight }: { in_flight: number }) => in_flight);
    expect([status.queue, Math.max(0, ...atWork)]).toEqual([0, 0]);
    // The model that failed may rest for a while; the runtime does not.
    expect((await jsonOf(await toaster.chat('after', { model: 'fast-3b' }))).model).toBe('fast-3b');
    expect(fake.chats('llama3.2:3b')).toHaveLength(1);
    expect(toaster.log()).toHaveLength(1 + 20 + 2);
  });
});

/** The processes below one. */
const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === pid && name !== 'ps')
    .map(([child]) => Number(child));

describe('the embedded engine, killed -9 in the midst of an answer', () => {
  it('is an error in the stream, and the next request starts it anew', async () => {
    const folder = withTinyModel(tempFolder());
    const program = startProgram({
      folder,
      yaml: yamlOn('http://127.0.0.1:1', '  tiny: { fallback: [] }'),
    });
    const url = await program.listening();
    const answer = await chat(url, 'count', { model: 'tiny', stream: true });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/"content":"[^"]/.test(text)) text += (await reader?.read())?.value ?? '';
    const [engine = 0, ...others] = childrenOf(program.pid);
    expect(others).toEqual([]);
    process.kill(engine, 'SIGKILL');
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value;
    expect(text).toContain('"code":"broke_off"');
    expect(text).not.toMatch(/\[DONE\]|"finish_reason":"stop"/);
    const again = await chat(url, 'toast', { model: 'tiny' });
    expect((await jsonOf(again)).choices[0].message.content.trim()).toBe('Bread, made warm and brown.');
    expect(childrenOf(program.pid)).not.toContain(engine);
    expect(program.log().map(({ exit_code }) => exit_code)).toEqual([5, 0]);
  });
});
