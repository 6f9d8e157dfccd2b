import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../proxy/chat/types.ts';
import { forkChild } from '../../../proxy/runtimes/llamacpp/child-process.ts';
import { Llamacpp } from '../../../proxy/runtimes/llamacpp/runtime.ts';
import { realTiny } from '../../helpers/real-models.ts';
import { chatRequest, collect, never, textOf } from '../../helpers/requests.ts';
import { link, startRuntime } from './kit.ts';

const { folder } = startRuntime();

describe('the real 0.5B', { timeout: 60_000 }, () => {
  it('answers and writes JSON', async (context) => {
    const file = realTiny();
    if (file === null) return context.skip('the 0.5B is not here; npm start fetches it');
    const real = new Llamacpp(folder, null, forkChild);
    const at = link({ weights: { id: 'real', file, size_gb: 0.5, context: 2048, parallel: 2 } });
    const say = (text: string, fields: Partial<ChatRequest>) =>
      collect(real.complete(at)(chatRequest(text, { sampling: { temperature: 0 }, ...fields }), never()));
    try {
      expect(textOf(await say('Name three primary colours.', {}))).toMatch(/red/i);
      const json = textOf(
        await say('Describe toast as a JSON object.', { format: { type: 'json_object' }, maxTokens: 200 }),
      );
      expect(JSON.parse(json)).toBeTypeOf('object');
    } finally {
      await real.close();
    }
  });
});
