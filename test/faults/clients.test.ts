import { execFileSync } from 'node:child_process';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../proxy/headless/service-plan.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { startProgram } from '../helpers/program.ts';
import { until } from '../helpers/requests.ts';
import { FAKE_MODELS } from '../helpers/toaster.ts';

const MB = 1e6;

let fake: FakeOllama;
beforeEach(async () => {
  fake = await FakeOllama.start({ models: FAKE_MODELS });
});
afterEach(() => fake.close());

/** A real proxy in a process of its own. */
async function aProxy(env: Record<string, string> = {}) {
  const program = startProgram({
    yaml: `runtimes: { ollama: { url: "${fake.url}" } }\nmodels: { fast-9b: { fallback: [] } }`,
    env,
  });
  const url = await program.listening();
  return {
    url,
    program,
    log: program.log,
    /** What the process holds, in bytes. */
    rss: () =>
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(program.pid)], { encoding: 'utf8' })) * 1024,
  };
}

const chatBody = (stream: boolean): string =>
  JSON.stringify({ model: 'fast-9b', stream, messages: [{ role: 'user', content: 'word '.repeat(500) }] });

/** A request that a test can take back as it likes. */
function post(url: string, path: string, body: string, headers: Record<string, string>): ClientRequest {
  const request = http.request(url + path, { method: 'POST', headers, agent: false });
  // That it has been taken back is no news.
  request.on('error', () => undefined);
  request.end(body);
  return request;
}
const chat = (url: string, stream: boolean): ClientRequest =>
  post(url, '/v1/chat/completions', chatBody(stream), { 'content-type': 'application/json' });
const ask = (url: string): ClientRequest =>
  post(url, '/ask', 'a=--9b&a=hello', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-ask': '1',
  });

/** The response, unread. */
const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) =>
    request.once('response', (response) => resolve(response.pause())).once('error', reject),
  );

it.each(['/v1/chat/completions', '/ask'])(
  'a client that leaves in the middle of its body to %s is logged at once',
  async (path) => {
    const { url, log } = await aProxy();
    const headers = { 'content-type': 'application/json', 'content-length': '1000', 'x-ask': '1' };
    const request = http.request(url + path, { method: 'POST', headers, agent: false });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write('{"model":', resolve));
    request.destroy();
    // The limit on a slow body would come after half a minute.
    await until(() => log().length === 1);
    expect(log()[0]?.error).toMatch(/broke off before the body was whole/);
  },
);

describe('a client that disconnects stops the work within a second', () => {
  const work = () => fake.chats('qwen3.5:9b').at(-1);
  const cases: [string, (url: string) => ClientRequest][] = [
    ['a stream', (url) => chat(url, true)],
    ['a whole answer', (url) => chat(url, false)],
    ['an ask', ask],
  ];

  it.each(cases)('%s: before the first word and in the middle, by an end or a RST', async (_what, send) => {
    const { url, log } = await aProxy();
    let asked = 0;
    for (const fault of [{ kind: 'hang' }, { kind: 'hang-mid-stream', after: 2 }] as const) {
      fake.fault('qwen3.5:9b', fault);
      for (const how of ['end', 'reset']) {
        const request = send(url);
        asked += 1;
        await until(() => fake.chats('qwen3.5:9b').length === asked);
        const began = performance.now();
        if (how === 'end') request.destroy();
        else request.socket?.resetAndDestroy();
        await until(() => work()?.aborted === true);
        expect(performance.now() - began).toBeLessThan(1000);
        await until(() => log().length === asked);
        expect(log().at(-1)).toMatchObject({ exit_code: 130, finish: null });
      }
    }
  });

  it('a stream that nobody has read for a while, so that nothing more fits on the way', async () => {
    const { url, log } = await aProxy();
    sayPieces(3200);
    const request = chat(url, true);
    await answerTo(request);
    await stalled();
    const began = performance.now();
    request.destroy();
    await until(() => work()?.aborted === true);
    expect(performance.now() - began).toBeLessThan(1000);
    await until(() => log().length === 1);
    expect(log()).toMatchObject([{ exit_code: 130, finish: null }]);
  });
});

/** The answer is so many pieces of 64 kB. */
function sayPieces(count: number): void {
  fake.set({ name: 'qwen3.5:9b', reply: Array(count).fill('x'.repeat(64_000)).join(' ') });
}

/** Waits until the runtime says nothing more, as nobody takes it. */
async function stalled(): Promise<void> {
  for (let said = -1; said !== fake.bytesWritten; await sleep(200)) said = fake.bytesWritten;
}

describe('a client that reads slowly', () => {
  it('slows the runtime down: over 200 MB the proxy grows by less than 20 MB, and no listener is left behind', async () => {
    // V8's young generation takes what it may at some time or other, and that is no part of the stream.
    const { url, program, rss } = await aProxy({ NODE_OPTIONS: NODE_FLAGS.join(' ') });
    sayPieces(600);
    for await (const _ of await answerTo(chat(url, true)));
    sayPieces(3200);
    const before = rss();
    const seen = { bytes: 0, mostRss: before, mostAhead: 0 };
    let pauseAt = 0;
    for await (const piece of await answerTo(chat(url, true))) {
      seen.bytes += piece.length;
      if (seen.bytes < pauseAt) continue;
      pauseAt += 40 * MB;
      await stalled();
      seen.mostAhead = Math.max(seen.mostAhead, fake.bytesWritten - seen.bytes);
      seen.mostRss = Math.max(seen.mostRss, rss());
    }
    expect(seen.bytes).toBeGreaterThan(200 * MB);
    expect(seen.mostRss - before).toBeLessThan(20 * MB);
    // What the system keeps of two connections on their way.
    expect(seen.mostAhead).toBeLessThan(100 * MB);
    expect(program.said()).not.toContain('MaxListenersExceededWarning');
  });
});
