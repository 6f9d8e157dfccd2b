import { expect, test } from 'vitest';
import { Sharing } from '../../proxy/cache/share.ts';
import { withCache } from '../../proxy/cache/with-cache.ts';
import type { Complete } from '../../proxy/chat/types.ts';
import { systemClock } from '../../proxy/clock.ts';
import { chatRequest, collect, never, textOf, until } from '../helpers/requests.ts';
import { aCache } from './helpers.ts';

const cached = { cache: { read: true, write: true } };

/** An inference that says one word and then waits to be aborted. */
function waiting() {
  const state = { runs: 0, aborted: false };
  const complete: Complete = async function* (_request, signal) {
    state.runs += 1;
    yield { type: 'attempt', state: 'started', model: 'm' };
    yield { type: 'delta', text: 'word' };
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    state.aborted = true;
  };
  return { complete, state };
}

function tools(
  complete: Complete,
  identify = async (): Promise<{ digest: string } | null> => ({ digest: 'd' }),
) {
  return withCache(complete, { store: aCache().store, sharing: new Sharing(), identify, clock: systemClock });
}

test('a client that stops after the very first event ends the inference when it is the last', async () => {
  const { complete, state } = waiting();
  const ask = tools(complete);
  const first = ask(chatRequest('x', cached), never())[Symbol.asyncIterator]();
  const second = ask(chatRequest('x', cached), never())[Symbol.asyncIterator]();
  expect((await first.next()).value).toMatchObject({ type: 'cached', shared: false });
  expect((await second.next()).value).toMatchObject({ type: 'cached', shared: true });
  await first.return?.();
  expect(state.aborted).toBe(false);
  await second.return?.();
  await until(() => state.aborted);
  expect(state.runs).toBe(1);
});

test('a client that goes away while nothing happens is gone at once', async () => {
  const { complete, state } = waiting();
  const gone = new AbortController();
  const listening = collect(tools(complete)(chatRequest('x', cached), gone.signal));
  await until(() => state.runs === 1);
  gone.abort();
  expect(textOf(await listening)).toBe('word');
  await until(() => state.aborted);
});

test('weights that cannot be told apart are not cached', async () => {
  let runs = 0;
  const complete: Complete = async function* () {
    runs += 1;
    yield { type: 'attempt', state: 'started', model: 'm' };
    yield { type: 'delta', text: 'word' };
    yield { type: 'finish', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 }, loadS: 0 };
  };
  const ask = tools(complete, async () => null);
  for (let i = 0; i < 2; i++) await collect(ask(chatRequest('x', cached), never()));
  expect(runs).toBe(2);
});

test('another order of a schema’s properties is another question: they are written in that order', async () => {
  const { complete, state } = waiting();
  const ask = tools(complete);
  const schema = (names: string[]) => ({ properties: Object.fromEntries(names.map((name) => [name, {}])) });
  for (const names of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b'],
  ]) {
    const format = { type: 'json_schema' as const, schema: schema(names) };
    await ask(chatRequest('x', { ...cached, format }), never())
      [Symbol.asyncIterator]()
      .next();
  }
  await until(() => state.runs === 2);
});
