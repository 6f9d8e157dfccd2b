import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../proxy/chat/types.ts';
import type { CouncilConfig } from '../../proxy/config/schema.ts';
import { withCouncil } from '../../proxy/council/with-council.ts';
import { chatRequest, collect, never } from '../helpers/requests.ts';
import { MadeUpRuntime, TWO } from './made-up-runtime.ts';

const AT_ONCE = 'asked asked begins begins ends ends';
const UNKNOWINGLY = 'asked asked begins ends begins ends';
const IN_TURN = 'asked begins ends asked begins ends';

const convene = (runtime: MadeUpRuntime, council = TWO): Promise<ChatEvent[]> =>
  collect(withCouncil(council, runtime.tools)(chatRequest('why?', { model: 'council' }), never()));
const howMany = (events: ChatEvent[]) =>
  events.flatMap((event) => (event.type === 'council' ? (event.council?.at_once ?? []) : [])).at(-1);

describe('members', () => {
  it('are asked at once where nothing is known, and in turn once one was seen to wait for the other', async () => {
    const runtime = new MadeUpRuntime(1);
    expect([howMany(await convene(runtime)), runtime.look()]).toEqual([1, UNKNOWINGLY]);
    expect([howMany(await convene(runtime)), runtime.look()]).toEqual([1, IN_TURN]);
  });

  it('are asked at once for as long as they were seen to answer at once', async () => {
    const runtime = new MadeUpRuntime(2);
    for (let i = 0; i < 2; i += 1)
      expect([howMany(await convene(runtime)), runtime.look()]).toEqual([2, AT_ONCE]);
  });

  it.each<[string, ChatEvent[]]>([
    [
      'it came while the weights were being loaded',
      [
        { type: 'load', state: 'loading' },
        { type: 'load', state: 'loaded' },
      ],
    ],
    [
      'another model answered',
      [
        { type: 'attempt', state: 'failed', model: 'm', reason: 'crash', detail: 'no luck', seconds: 0 },
        { type: 'attempt', state: 'started', model: 'n' },
      ],
    ],
  ])('that took turns tell nothing of the runtime when of one %s', async (_why, news) => {
    const runtime = new MadeUpRuntime(1);
    runtime.news = [news];
    await convene(runtime);
    expect(runtime.look()).toBe(UNKNOWINGLY);
    await convene(runtime);
    expect(runtime.look()).toBe(UNKNOWINGLY);
    await convene(runtime);
    expect(runtime.look()).toBe(IN_TURN);
  });

  it('on weights that do not fit together take turns, those of the chairman last, who goes on with them', async () => {
    const three: CouncilConfig = { ...TWO, members: [{ model: 'n' }, ...TWO.members] };
    const runtime = new MadeUpRuntime(3);
    expect(howMany(await convene(runtime, three))).toBe(3);
    expect(runtime.look()).toBe('asked asked asked begins begins begins ends ends ends');
    runtime.fit = false;
    expect(howMany(await convene(runtime, three))).toBe(2);
    expect(runtime.look()).toBe('asked asked begins begins ends ends asked begins ends');
    const asked = runtime.requests.map(({ model }) => model);
    expect(asked).toEqual(['n', 'm', 'm', 'chair', 'm', 'm', 'n', 'chair']);
  });

  it('say before the answer, once, for whom they waited and that memory was tight', async () => {
    const runtime = new MadeUpRuntime(2);
    const waiting: ChatEvent = { type: 'note', text: '[waiting] w is still answering' };
    runtime.news = [[waiting, { type: 'tight' }], [waiting]];
    const events = await convene(runtime);
    const notes = events.flatMap((event) => (event.type === 'note' ? event.text : []));
    expect(notes).toEqual(['[waiting] w is still answering', '[memory: tight] m runs alone']);
    const types = events.map(({ type }) => type);
    expect(types.lastIndexOf('note')).toBeLessThan(types.indexOf('delta'));
  });
});
