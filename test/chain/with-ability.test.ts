import { expect, it } from 'vitest';
import { withAbility } from '../../proxy/chain/with-ability.ts';
import type { CompleteRoomed, Task } from '../../proxy/chat/types.ts';
import type { OpenedRuntime } from '../../proxy/runtimes/types.ts';
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
const ask = (task: Task | null, tasks?: Task['kind'][], about?: OpenedRuntime['about']) =>
  withAbility(
    answers,
    link({ runtime: 'far' }),
    new Map([['far', { ...(tasks && { tasks }), ...(about && { about }) }]]),
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

it('what weights are said to be unable to do is refused, what nobody says is tried', async () => {
  const says =
    (...capabilities: string[]) =>
    async () => ({ size: 1, modifiedAt: '', details: {}, capabilities });
  const fill: Task = { kind: 'complete', prompt: 'a', suffix: 'b' };
  for (const events of [
    ask(embed, ['embed'], says('embedding')),
    ask(fill, ['complete'], says('completion', 'insert')),
    ask(complete, ['complete'], says('completion')),
    ask(embed, ['embed'], async () => ({ size: 1, modifiedAt: '', details: {}, capabilities: null })),
    ask(embed, ['embed'], async () => null),
  ])
    expect(await collect(events)).toEqual([finish]);
  // Remembered of what has been replaced since.
  const replaced = async (_: unknown, fresh?: boolean) => says(fresh ? 'embedding' : 'completion')();
  expect(await collect(ask(embed, ['embed'], replaced))).toEqual([finish]);
  await expect(collect(ask(embed, ['embed'], says('completion')))).rejects.toMatchObject({ param: 'model' });
  await expect(collect(ask(fill, ['complete'], says('completion')))).rejects.toMatchObject({
    param: 'suffix',
    status: 400,
  });
});
