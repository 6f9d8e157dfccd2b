import { expect, it } from 'vitest';
import { withAbility } from '../../proxy/chain/with-ability.ts';
import type { CompleteRoomed, Task } from '../../proxy/chat/types.ts';
import { chatRequest, collect, never } from '../helpers/requests.ts';
import { link } from '../runtimes/llamacpp/kit.ts';

const finish = {
  type: 'finish' as const,
  reason: 'stop' as const,
  usage: { promptTokens: 1, completionTokens: 1 },
  loadS: null,
};
const answers: CompleteRoomed = async function* () {
  yield finish;
};
const ask = (task: Task | null, tasks?: Task['kind'][]) =>
  withAbility(
    answers,
    link({ runtime: 'far' }),
    new Map([['far', tasks ? { tasks } : {}]]),
  )(chatRequest('hi', task ? { messages: [], task } : {}), never());

const embed: Task = { kind: 'embed', input: ['a'] };
const complete: Task = { kind: 'complete', prompt: 'a' };

it('a runtime is asked for chats, and for the tasks that it names', async () => {
  for (const events of [ask(null), ask(null, ['embed']), ask(embed, ['embed']), ask(complete, ['complete'])])
    expect(await collect(events)).toEqual([finish]);
});

it('for others it is not asked at all: the request is at fault', () => {
  for (const [task, tasks] of [
    [embed, undefined],
    [embed, ['complete']],
    [complete, ['embed']],
  ] as const)
    expect(() => ask(task, tasks && [...tasks])).toThrow(
      expect.objectContaining({
        status: 400,
        param: 'model',
        message: expect.stringContaining('runtime far'),
      }),
    );
});
