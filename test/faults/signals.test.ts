import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { connectRaw } from '../helpers/raw-http.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FAKE_MODELS, readLog } from '../helpers/toaster.ts';

let fake: FakeOllama;
beforeEach(async () => {
  fake = await FakeOllama.start({ models: FAKE_MODELS });
});
afterEach(() => fake.close());

/** The real program on a folder; a second one may follow on the same. */
async function aProxy(folder = tempFolder()): Promise<{ program: Program; url: string; folder: string }> {
  const program = startProgram({ folder, yaml: `runtimes: { ollama: { url: "${fake.url}" } }` });
  return { program, url: await program.listening(), folder };
}

/** A chat that the cache may answer, and keeps. */
const chat = (url: string, text: string, stream = false): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-cache': 'use' },
    body: JSON.stringify({ model: 'fast-9b', stream, messages: [{ role: 'user', content: text }] }),
  });

describe('SIGTERM', () => {
  it('during a stream: it comes to its end, nothing new is taken, and the process goes', async () => {
    fake.set({ name: 'qwen3.5:9b', tokenMs: 10 });
    const { program, url, folder } = await aProxy();
    const response = await chat(url, 'word '.repeat(100), true);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? '';
    program.child.kill('SIGTERM');
    await until(() =>
      chat(url, 'hi').then(
        ({ status }) => status >= 500,
        () => true,
      ),
    );
    expect(text).not.toContain('[DONE]');
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value;
    expect(text).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
    const ended = performance.now();
    expect(await program.exit).toBe(0);
    // A connection that is kept does not hold it until its grace is over.
    expect(performance.now() - ended).toBeLessThan(4000);
    expect(readLog(join(folder, 'log.jsonl')).at(0)).toMatchObject({ exit_code: 0, finish: 'stop' });
  });

  it('refuses the next request of a connection that is in use, and closes it', async () => {
    fake.fault('qwen3.5:9b', { kind: 'hang' });
    const { program, url } = await aProxy();
    const asked = chat(url, 'hi').catch(() => 'cut');
    await until(() => fake.chats('qwen3.5:9b').length === 1);
    const connection = connectRaw(url);
    const get = 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n';
    // The half of a request, so that the connection is in use when the signal comes.
    connection.write(`${get}\r\n${get}`);
    await until(() => connection.soFar().includes('"toaster"'));
    program.child.kill('SIGTERM');
    await until(() => program.said().includes('once more ends them'));
    connection.write('\r\n');
    const { statuses, text } = await connection.heard;
    expect(statuses).toEqual([200, 503]);
    expect(text).toContain('"code":"stopping"');
    program.child.kill('SIGTERM');
    expect(await asked).toBe('cut');
  });

  it('twice: it goes at once', async () => {
    fake.fault('qwen3.5:9b', { kind: 'hang' });
    const { program, url } = await aProxy();
    const asked = chat(url, 'hi').catch(() => 'cut');
    await until(() => fake.chats('qwen3.5:9b').length === 1);
    program.child.kill('SIGTERM');
    await until(() =>
      program.said().includes('waits up to 15 s for answers under way; once more ends them at once'),
    );
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(130);
    expect(await asked).toBe('cut');
  });
});

describe('kill -9 during writes', () => {
  const ROUNDS = 3;

  /** Asks from eight sides until the process is gone; the texts whose answers came whole, with their ids. */
  async function askUntilGone(url: string, program: Program, round: number): Promise<Map<string, string>> {
    const acknowledged = new Map<string, string>();
    let n = 0;
    const side = async (): Promise<never> => {
      for (;;) {
        const text = `${round}-${n++} ${'x'.repeat(500)}`;
        const response = await chat(url, text);
        await response.json();
        acknowledged.set(text, response.headers.get('x-request-id') ?? '');
        if (acknowledged.size === 40) program.child.kill('SIGKILL');
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: 8 }, side));
    expect(ends.map(({ status }) => status)).toEqual(Array(8).fill('rejected'));
    expect(acknowledged.size).toBeGreaterThanOrEqual(40);
    return acknowledged;
  }

  /** Each line that is whole, and how many are not. */
  function linesOf(folder: string): { whole: Record<string, unknown>[]; torn: number[]; count: number } {
    const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n').filter(Boolean);
    const whole: Record<string, unknown>[] = [];
    const torn: number[] = [];
    for (const [index, line] of lines.entries()) {
      try {
        whole.push(JSON.parse(line));
      } catch {
        torn.push(index);
      }
    }
    return { whole, torn, count: lines.length };
  }

  function expectSound(folder: string): void {
    for (const file of ['cache.db', 'stats.db', 'history.db']) {
      const db = new BetterSqlite3(join(folder, file));
      expect([file, db.pragma('integrity_check', { simple: true })]).toEqual([file, 'ok']);
      db.close();
    }
  }

  it('loses no answer that came, tears at most the last line, and the log and the cache go on', async () => {
    const folder = tempFolder();
    const acknowledged = new Map<string, string>();
    let tornBefore: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { program, url } = await aProxy(folder);
      for (const [text, id] of await askUntilGone(url, program, round)) acknowledged.set(text, id);
      await program.exit;
      expectSound(folder);
      const { whole, torn, count } = linesOf(folder);
      expect(torn.filter((index) => !tornBefore.includes(index) && index !== count - 1)).toEqual([]);
      tornBefore = torn;
      const logged = new Set(whole.map(({ request_id }) => request_id));
      expect([...acknowledged.values()].filter((id) => !logged.has(id))).toEqual([]);
    }
    const { program, url } = await aProxy(folder);
    const lines = linesOf(folder).whole.length;
    for (const text of acknowledged.keys()) {
      const response = await chat(url, text);
      const content = (await jsonOf(response)).choices[0].message.content;
      expect([response.headers.get('x-cache'), content]).toEqual(['hit', `echo: ${text}`]);
    }
    expect(linesOf(folder).whole).toHaveLength(lines + acknowledged.size);
    expect(linesOf(folder).torn).toEqual(tornBefore);
    expect(program.said().trimEnd().split('\n')).toHaveLength(1);
  });

  it('reads around a line that was torn, which is as a kill in the midst of it would leave it', async () => {
    const { url, program, folder } = await aProxy();
    await (await chat(url, 'one')).json();
    program.child.kill('SIGKILL');
    await program.exit;
    const log = join(folder, 'log.jsonl');
    const line = readFileSync(log, 'utf8');
    writeFileSync(log, line + line.slice(0, 100));
    const again = await aProxy(folder);
    const response = await chat(again.url, 'two');
    await response.json();
    const { whole, torn } = linesOf(folder);
    expect([whole.length, torn]).toEqual([2, [1]]);
    expect(whole.at(-1)?.request_id).toBe(response.headers.get('x-request-id'));
    const { requests } = await jsonOf(await fetch(`${again.url}/api/requests`));
    expect(requests).toHaveLength(2);
  });
});
