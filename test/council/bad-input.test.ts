import { afterEach, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
afterEach(() => toaster.end());
const COUNCIL = '  council: { members: [{ model: fast-3b }, { model: fast-1b }], chairman: think-9b }';
const read = () => toaster.fake.chats('qwen3.5:9b').at(-1)?.body.messages?.at(-1)?.content ?? '';

it('members that answer in different languages are read as they are, and the answer is to be in that of the question', async () => {
  toaster = await startToaster({ models: COUNCIL });
  toaster.fake.set({ name: 'llama3.2:3b', reply: '烤面包是温暖的。' });
  toaster.fake.set({ name: 'llama3.2:1b', reply: 'Toast ist warm und schön gebräunt.' });
  await jsonOf(await toaster.chat('Qu’est-ce qu’un toast ?', { model: 'council' }));
  expect(read()).toMatch(/Response [AB]:\n烤面包是温暖的。/);
  expect(read()).toMatch(/Response [AB]:\nToast ist warm und schön gebräunt\./);
  expect(read()).toMatch(/the one final answer to that message, in its language/);
});

it('a conversation that the members can read and the chairman cannot: a single answer, and no synthesis', async () => {
  toaster = await startToaster({
    models: `${COUNCIL}\n  think-9b: { fallback: [] }`,
    weights: '  qwen-9b: { context: 300 }',
  });
  toaster.fake.set({ name: 'llama3.2:3b', reply: 'warm' });
  toaster.fake.set({ name: 'llama3.2:1b', reply: 'warm' });
  const response = await toaster.chat('a '.repeat(400), { model: 'council' });
  expect((await jsonOf(response)).choices[0].message.content).toBe('warm');
  expect(response.headers.get('x-council')).toMatch(/^members=2\/2; .*synthesis=no$/);
  expect(response.headers.get('x-degraded-reason')).toBe('unsupported');
  expect(toaster.log()).toMatchObject([
    {
      demoted: true,
      council: { synthesis: false },
      attempts: [{ model: 'think-9b', reason: 'unsupported' }],
    },
  ]);
});

it('a conversation that nobody could read is refused before anything is loaded', async () => {
  toaster = await startToaster({ models: COUNCIL });
  const response = await toaster.chat('long '.repeat(1_000_000), { model: 'council' });
  expect(response.status).toBe(400);
  expect((await jsonOf(response)).error).toMatchObject({
    code: 'context_length_exceeded',
    message: 'The prompt has 5000 kB and cannot fit into the 8192 tokens of think-9b; shorten it.',
  });
  expect(toaster.fake.seen.filter(({ path }) => path.startsWith('/api/') && path !== '/api/ps')).toEqual([]);
});

it('an empty answer of every member is an error', async () => {
  toaster = await startToaster({ models: COUNCIL });
  for (const name of ['llama3.2:3b', 'llama3.2:1b']) toaster.fake.set({ name, reply: '' });
  const response = await toaster.chat('x', { model: 'council' });
  expect(response.status).toBe(503);
  expect((await jsonOf(response)).error.message).toMatch(/^fast-[13]b said nothing\. Ask again/);
  expect(toaster.fake.chats('qwen3.5:9b')).toEqual([]);
});
