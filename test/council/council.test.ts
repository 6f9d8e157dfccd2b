import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster();
});
afterEach(() => toaster.end());
const ask = (fields: Record<string, unknown> = {}) =>
  toaster.chat('why toast?', { model: 'council', ...fields });
const chats = () => toaster.fake.chats('qwen3.5:9b').map(({ body }) => body);

describe('the council', () => {
  it('asks two members at their temperature, then the chairman, who sees no names', async () => {
    const response = await ask();
    const answer = await jsonOf(response);
    expect(answer.model).toBe('council');
    expect(response.headers.get('x-degraded')).toBeNull();
    const [first, second, chairman, ...others] = chats();
    expect(others).toEqual([]);
    for (const member of [first, second])
      expect(member).toMatchObject({ think: false, options: { temperature: 0.7 } });
    expect(chairman).toMatchObject({ think: true });
    const read = chairman?.messages?.at(-1)?.content ?? '';
    expect(read).toMatch(/Response A:\necho: why toast\?\n\nResponse B:\necho: why toast\?/);
    expect(read).not.toMatch(/fast-9b|qwen/);
    expect(answer.usage.completion_tokens).toBeGreaterThan(6);
  });

  it('does with one member when the other is lost', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 400, error: 'no' }, 1);
    expect((await ask()).status).toBe(200);
    expect(chats().at(-1)?.messages?.at(-1)?.content).not.toContain('Response B');
  });

  it('fails when all are lost, and says why', async () => {
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 400, error: 'really no' });
    const response = await ask();
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toMatch(/really no/);
  });

  it('tells when its chairman was another', async () => {
    toaster.fake.fault('qwen3.5:9b', null);
    const chairless = await startToaster({
      models: '  council: { members: [{ model: fast-1b }, { model: fast-1b }], chairman: think-9b }',
    });
    chairless.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 });
    const response = await chairless.chat('x', { model: 'council' });
    expect(response.headers.get('x-degraded')).toBe('council -> fast-3b');
    await chairless.end();
  });
});
