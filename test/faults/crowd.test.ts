import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** Many at once on one model, through the whole proxy; the line by itself is in test/memory/turns.test.ts. */

let toaster: TestToaster;
afterEach(() => toaster.end());

const MODEL = 'qwen3.5:9b';
/** Of the built-in config: how many requests Ollama gets at a time. */
const AT_ONCE = 2;

const ask = (text: string, client: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${toaster.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': client },
    body: JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: text }] }),
    ...(signal && { signal }),
  });
const waiting = async (): Promise<number> => (await jsonOf(await fetch(`${toaster.url}/api/status`))).queue;
/** What the runtime was asked, in order. */
const asked = (): string[] =>
  toaster.fake.chats(MODEL).map(({ body }) => String(body.messages?.at(-1)?.content));

/** Has the runtime busy with answers that do not come, until the returned function is called. */
async function occupy(places = AT_ONCE): Promise<() => Promise<void>> {
  await jsonOf(await ask('warm', 'warm'));
  toaster.fake.fault(MODEL, { kind: 'hang' });
  const gone = new AbortController();
  const held = Array.from({ length: places }, (_, n) =>
    ask(`held ${n}`, 'held', gone.signal).catch(() => 'gone'),
  );
  await until(() => asked().length === 1 + places);
  toaster.fake.fault(MODEL, null);
  return async () => {
    gone.abort();
    expect(await Promise.all(held)).toEqual(Array(places).fill('gone'));
    toaster.fake.seen.length = 0;
  };
}

describe('500 clients at once on one model', () => {
  it('are answered as far as the line goes, and told when to come back beyond it', async () => {
    const MOST = 300;
    toaster = await startToaster({ further: `queue: { most: ${MOST} }` });
    const release = await occupy();
    const turnedAway: Response[] = [];
    const all = Array.from({ length: 500 }, async (_, n) => {
      const response = await ask(`${n}`, `client ${n}`);
      if (response.status === 503) turnedAway.push(response);
      return response;
    });
    await until(() => turnedAway.length === 500 - MOST);
    expect(await waiting()).toBe(MOST);
    await release();
    const answered = (await Promise.all(all)).filter(({ status }) => status === 200);
    expect([answered.length, turnedAway.length]).toEqual([MOST, 500 - MOST]);
    // No smaller model was loaded beside it, for anybody.
    expect(new Set(answered.map(({ headers }) => headers.get('x-served-by')))).toEqual(new Set(['fast-9b']));
    for (const one of turnedAway) {
      expect(Number(one.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await jsonOf(one)).error).toMatchObject({ code: 'busy' });
    }
    expect(await waiting()).toBe(0);
    expect(asked()).toHaveLength(MOST);
    expect(toaster.warnings).toEqual([]);
  });
});

describe('a batch of one client', () => {
  it('lets a person and another program pass', async () => {
    toaster = await startToaster({ weights: '  qwen-9b: { parallel: 1 }' });
    const release = await occupy(1);
    const batch = Array.from({ length: 100 }, (_, n) => ask(`batch ${n}`, 'cron'));
    await until(async () => (await waiting()) === 100);
    const env = { ASK_URL: toaster.url, ASK_DATA_DIR: toaster.folder };
    const person = runAsk(['--9b', '--no-cache', 'person'], { env });
    const bot = ask('bot', 'bot');
    await until(async () => (await waiting()) === 102);
    await release();
    expect((await person).stdout).toBe('echo: person\n');
    expect((await bot).status).toBe(200);
    for (const response of batch) expect((await response).status).toBe(200);
    // Each client's first before the batch's second.
    expect(asked().slice(0, 3).sort()).toEqual(['batch 0', 'bot', 'person']);
  });

  it('that goes away leaves the line at once, and asks the runtime nothing more', async () => {
    toaster = await startToaster();
    const release = await occupy();
    const gone = new AbortController();
    const batch = Array.from({ length: 100 }, (_, n) =>
      ask(`batch ${n}`, 'cron', gone.signal).catch(() => 'gone'),
    );
    await until(async () => (await waiting()) === 100);
    gone.abort();
    expect(await Promise.all(batch)).toEqual(Array(100).fill('gone'));
    await until(async () => (await waiting()) === 0);
    await release();
    expect((await ask('after', 'other')).status).toBe(200);
    expect(asked()).toEqual(['after']);
  });
});
