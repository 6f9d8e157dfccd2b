import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';

/** Two requests of one turn, recorded from Codex 0.169.0; prompts, descriptions and ids are our own. */

let toaster: TestToaster;
beforeAll(async () => {
  toaster = await startToaster();
});
afterAll(() => toaster.end());
afterEach(() => toaster.fake.reset());
const MODEL = 'qwen3.5:9b';
const recorded = (turn: number) =>
  readFileSync(new URL(`./fixtures/codex-turn-${turn}.json`, import.meta.url), 'utf8');
const send = async (body: string) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${toaster.url}/v1/responses`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  return { headers: response.headers, text: await response.text() };
};
/** The items of the stream's last event. */
const outputOf = (text: string) => {
  const last = text.split('\n').findLast((line) => line.startsWith('data: {'));
  return JSON.parse(last?.slice(6) ?? '').response.output;
};
const OPENING = [
  { role: 'system', content: 'You write code with the tools at hand.\n\nSkills: none.Only read files.' },
  { role: 'user', content: '<cwd>/home/me/toast</cwd>' },
  { role: 'user', content: 'say toast' },
];

describe('what Codex sends', () => {
  it('reaches the model, and says what does not', async () => {
    const { headers, text } = await send(recorded(1));
    expect(headers.get('x-ignored-params')).toBe(
      'prompt_cache_key, client_metadata, include, tools.web_search',
    );
    expect(outputOf(text)).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'let me see' }] },
      { type: 'message', content: [{ text: 'echo: say toast' }] },
    ]);
    const sent = toaster.fake.chats(MODEL).at(-1)?.body;
    expect(sent?.messages).toEqual(OPENING);
    expect(sent?.tools).toHaveLength(12);
    expect(sent?.tools).toContainEqual({
      type: 'function',
      function: expect.objectContaining({ name: 'multi_agent_v1__close_agent' }),
    });
  });

  it('carries the call and its result to the model, without the thoughts', async () => {
    await send(recorded(2));
    const call = { name: 'exec_command', arguments: { cmd: 'echo toast-was-here' } };
    expect(toaster.fake.chats(MODEL).at(-1)?.body.messages).toMatchObject([
      ...OPENING,
      { role: 'assistant', tool_calls: [{ id: 'call_fake0', function: call }] },
      { role: 'tool', tool_name: 'exec_command', content: expect.stringContaining('toast-was-here') },
    ]);
  });

  it('has its functions of a namespace called as it knows them', async () => {
    const toolCalls = [{ name: 'multi_agent_v1__close_agent', arguments: { target: 'a' } }];
    toaster.fake.set({ name: MODEL, toolCalls });
    const { text } = await send(recorded(1));
    expect(outputOf(text).at(-1)).toMatchObject({
      type: 'function_call',
      namespace: 'multi_agent_v1',
      name: 'close_agent',
      arguments: '{"target":"a"}',
    });
  });
});
