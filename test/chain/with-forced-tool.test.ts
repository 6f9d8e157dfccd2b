import { expect, it } from 'vitest';
import { withForcedTool } from '../../proxy/chain/with-forced-tool.ts';
import type { ChatEvent } from '../../proxy/chat/types.ts';
import { chatRequest, never } from '../helpers/requests.ts';

const REQUEST = chatRequest('x', {
  tools: [{ name: 'add', parameters: { type: 'object' } }],
  toolChoice: 'required',
});
const USAGE = { promptTokens: 1, completionTokens: 1 };
const started = (model: string): ChatEvent => ({ type: 'attempt', state: 'started', model });
const failed = (model: string): ChatEvent => ({
  type: 'attempt',
  state: 'failed',
  model,
  reason: 'crash',
  detail: '',
  seconds: 1,
});

/** What a client sees of an answer that is made of these events. */
async function seen(...events: ChatEvent[]): Promise<ChatEvent[]> {
  const complete = withForcedTool(async function* () {
    yield* events;
  });
  return Array.fromAsync(complete(REQUEST, never()));
}

it("a link that thought and fell away leaves no thoughts before another link's call", async () => {
  const told = await seen(
    started('large'),
    { type: 'delta', reasoning: 'hm' },
    failed('large'),
    started('small'),
    { type: 'delta', reasoning: 'oh' },
    { type: 'delta', text: '{"name":"add",' },
    { type: 'delta', text: '"arguments":{"a":1}}' },
    { type: 'finish', reason: 'stop', usage: USAGE, loadS: null },
  );
  const call = { id: expect.stringMatching(/^call_/), name: 'add', arguments: '{"a":1}' };
  expect(told.filter(({ type }) => type === 'delta')).toEqual([
    { type: 'delta', reasoning: 'oh', toolCalls: [call] },
  ]);
  expect(told.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' });
});

it('a call that was cut is shown as it is', async () => {
  const told = await seen(
    started('large'),
    { type: 'delta', text: '{"name":"add","arg' },
    { type: 'finish', reason: 'length', usage: USAGE, loadS: null },
  );
  expect(told.slice(1)).toEqual([
    { type: 'delta', text: '{"name":"add","arg' },
    { type: 'finish', reason: 'length', usage: USAGE, loadS: null },
  ]);
});
