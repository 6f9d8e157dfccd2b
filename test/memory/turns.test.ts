import { install } from '@sinonjs/fake-timers';
import { expect, it, onTestFinished } from 'vitest';
import { Busy } from '../../proxy/errors.ts';
import { type Line, Turns } from '../../proxy/memory/turns.ts';
import { until } from '../helpers/requests.ts';
import { link } from '../runtimes/llamacpp/kit.ts';

function aLine({ most = 100, waitS = 60 } = {}) {
  const changes: number[] = [];
  const turns: Turns = new Turns({
    settings: () => ({ most, waitS }),
    changed: () => changes.push(turns.waiting),
  });
  return { turns, line: turns.of('w'), changes };
}

/** Somebody in line: what came of it, and a way to be done or to go away. */
function stand(line: Line, client: string, watched = false) {
  const gone = new AbortController();
  const state = { ahead: [] as (number | null)[], error: null as unknown };
  const wait = async (): Promise<void> => {
    for await (const { ahead } of line.wait(link(), { client, watched }, gone.signal))
      state.ahead.push(ahead);
  };
  const done = wait().catch((error: unknown) => {
    state.error = error;
  });
  return { state, done, go: () => gone.abort(new Error('gone')), atWork: () => state.ahead.at(-1) === null };
}

/** Whose turn it is, one after the other, until nobody waits. */
async function served(line: Line, standing: Record<string, ReturnType<typeof stand>>): Promise<string[]> {
  const order: string[] = [];
  while (line.waiting > 0) {
    line.leave(10);
    await until(() => Object.values(standing).filter(({ atWork }) => atWork()).length > order.length);
    const [name = ''] =
      Object.entries(standing).find(([key, { atWork }]) => atWork() && !order.includes(key)) ?? [];
    order.push(name);
  }
  return order;
}

it('lets as many work at a time as the runtime takes, and the rest wait in order', async () => {
  const { line, turns, changes } = aLine();
  expect([line.enter(2), line.enter(2), line.enter(2)]).toEqual([true, true, false]);
  const standing = { a: stand(line, 'x'), b: stand(line, 'x'), c: stand(line, 'x') };
  expect([line.waiting, turns.waiting, turns.waitingFor('w'), turns.waitingFor('v')]).toEqual([3, 3, 3, 0]);
  expect(await served(line, standing)).toEqual(['a', 'b', 'c']);
  expect(changes).toEqual([1, 2, 3, 2, 1, 0]);
  // All three have worked and two of them still do.
  expect(line.enter(2)).toBe(false);
});

it('lets nobody pass who comes while others wait', async () => {
  const { line } = aLine();
  line.enter(1);
  const first = stand(line, 'x');
  line.leave(10);
  expect(line.enter(1)).toBe(false);
  await first.done;
  expect(first.state.ahead).toEqual([0, null]);
});

it('lets each client have its turn before anybody has a second one', async () => {
  const { line } = aLine();
  line.enter(1);
  const batch = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`batch ${n}`, stand(line, 'batch')]));
  const standing = {
    ...batch,
    other: stand(line, 'other'),
    'other 2': stand(line, 'other'),
    third: stand(line, 'third'),
  };
  expect(await served(line, standing)).toEqual([
    'batch 0',
    'other',
    'third',
    'batch 1',
    'other 2',
    'batch 2',
    'batch 3',
    'batch 4',
  ]);
});

it('gives who comes late no turns for the time before', async () => {
  const { line } = aLine();
  line.enter(1);
  const batch = Array.from({ length: 4 }, () => stand(line, 'batch'));
  for (const { done } of batch.slice(0, 2)) {
    line.leave(10);
    await done;
  }
  const standing = {
    'batch 2': batch[2] ?? stand(line, ''),
    'batch 3': batch[3] ?? stand(line, ''),
    late: stand(line, 'late'),
    'late 2': stand(line, 'late'),
  };
  expect(await served(line, standing)).toEqual(['batch 2', 'late', 'batch 3', 'late 2']);
});

it('lets a person at a terminal go before others with the same turn, and tells who is before', async () => {
  const { line } = aLine();
  line.enter(1);
  const many = Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`m${n}`, stand(line, `m${n}`)]));
  const person = stand(line, 'ask', true);
  const again = stand(line, 'ask', true);
  const standing = { ...many, person, again };
  expect(await served(line, standing)).toEqual(['person', 'm0', 'm1', 'm2', 'm3', 'again']);
  expect(person.state.ahead).toEqual([0, null]);
  expect(again.state.ahead).toEqual([5, 4, 3, 2, 1, 0, null]);
  expect(many.m3?.state.ahead).toEqual([3, null]);
});

it('turns away the last in line when more wait than may, and says when to come back', async () => {
  const { line } = aLine({ most: 3 });
  line.enter(1);
  line.leave(4000);
  line.enter(1);
  const batch = Array.from({ length: 4 }, () => stand(line, 'batch'));
  await batch[3]?.done;
  expect(batch[3]?.state.error).toMatchObject({
    status: 503,
    code: 'busy',
    retryAfter: 12,
    message: expect.stringMatching(/^tiny has 3 requests waiting already; try again in 12 s/),
  });
  // A newcomer has a better claim than the batch's last.
  const person = stand(line, 'other');
  await batch[2]?.done;
  expect(batch[2]?.state.error).toBeInstanceOf(Busy);
  line.leave(10);
  await batch[0]?.done;
  line.leave(10);
  await person.done;
  expect(person.state).toEqual({ ahead: [1, null], error: null });
});

it('lets nobody wait for longer than one may', async () => {
  const { line } = aLine({ waitS: 0.02 });
  line.enter(1);
  const { done, state } = stand(line, 'x');
  await done;
  expect(state.error).toMatchObject({ status: 503, message: expect.stringMatching(/was busy.* for 0.02 s/) });
  expect(line.waiting).toBe(0);
  line.leave(10);
  expect(line.enter(1)).toBe(true);
});

it('counts no time in which the machine slept', async () => {
  const clock = install();
  onTestFinished(() => clock.uninstall());
  const { line } = aLine({ waitS: 600 });
  line.enter(1);
  const { done, state } = stand(line, 'x');
  await clock.tickAsync(1000);
  clock.jump(3_600_000);
  await clock.tickAsync(599_000);
  expect([line.waiting, state.error]).toEqual([1, null]);
  await clock.tickAsync(2000);
  await done;
  expect(state.error).toMatchObject({ code: 'busy' });
});

it('forgets who goes away, also at the moment of its turn', async () => {
  const { line } = aLine();
  line.enter(1);
  const [first, second, third] = [stand(line, 'a'), stand(line, 'b'), stand(line, 'c')];
  second.go();
  await second.done;
  expect(second.state.error).toMatchObject({ message: 'gone' });
  expect(line.waiting).toBe(2);
  line.leave(10);
  first.go();
  await third.done;
  expect([first.state.ahead, third.state.ahead]).toEqual([[0], [2, null]]);
  line.leave(10);
  expect(line.enter(1)).toBe(true);
});

it('gives the place on when whoever has waited does not take it', async () => {
  const { line } = aLine();
  line.enter(1);
  const waiting = line.wait(link(), { client: 'x', watched: false }, new AbortController().signal);
  expect((await waiting.next()).value).toEqual({ type: 'queue', ahead: 0 });
  line.leave(10);
  expect((await waiting.next()).value).toEqual({ type: 'queue', ahead: null });
  await waiting.return(undefined);
  expect(line.enter(1)).toBe(true);
});

it('takes over another number of places with the next who comes', async () => {
  const { line } = aLine();
  line.enter(1);
  const standing = [stand(line, 'x'), stand(line, 'x')];
  expect(line.enter(3)).toBe(false);
  line.leave(10);
  await Promise.all(standing.map(({ done }) => done));
  expect(standing.map(({ atWork }) => atWork())).toEqual([true, true]);
});
