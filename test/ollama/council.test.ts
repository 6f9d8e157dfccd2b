import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { proxyOnOllama } from '../helpers/proxy-on-ollama.ts';
import type { RealOllama } from '../helpers/real-ollama.ts';
import { readLog } from '../helpers/toaster.ts';
import { Tap } from './tap.ts';

/**
 * Ollama keeps to itself how many requests it answers at a time. What the council found out is compared with what went
 * over the wire, in its order.
 */

const CHAIRMAN = 'asked begins ends';

/** A proxy on an Ollama with such an `OLLAMA_NUM_PARALLEL`, and what a council of it looks like from outside. */
function councilOn(parallel: string) {
  const tap = new Tap();
  beforeAll(() => tap.listen());
  const proxy = proxyOnOllama(
    (real) => `memory: { reserve_gb: 0, system_gb: 0 }
weights: { qwen-9b: { name: "${real.able}", size_gb: 0.5, context: 2048 } }
models:
  fast-9b: { fallback: [], timeouts: { first_token: 60s } }
  council: { members: [{ model: fast-9b, temperature: 0.7 }, { model: fast-9b, temperature: 0.7 }], chairman: fast-9b }
`,
    () => undefined,
    { settings: { OLLAMA_NUM_PARALLEL: parallel }, address: (url) => tap.before(url) },
  );
  afterAll(() => tap.close());
  const ask = (model: string, content: string, max_tokens: number) =>
    fetch(`${proxy.url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, max_tokens, messages: [{ role: 'user', content }] }),
    });
  return {
    onOllama: proxy.onOllama,
    /** With its weights in memory. */
    warm: async () => {
      await ask('fast-9b', 'toast', 1);
      tap.look();
    },
    /** What its header says, and what Ollama was asked and did. The generated model is quick, and goes on for ever. */
    convene: async ({ real }: RealOllama): Promise<[string | null, string]> => {
      const [question, tokens] = real ? ['Tell me a long story about toast.', 16] : ['count', 200];
      const response = await ask('council', question, tokens);
      await response.text();
      return [response.headers.get('x-council'), tap.look()];
    },
    /** What the log says of how many answered at once. */
    logged: () =>
      readLog(join(proxy.folder, 'log.jsonl')).flatMap(({ council }) => (council ? [council] : [])),
  };
}

describe('a real Ollama that answers one at a time', () => {
  const { onOllama, warm, convene, logged } = councilOn('1');

  onOllama('is found to, and its members are asked in turn from then on', async (real) => {
    await warm();
    const says = 'members=2/2; at-once=1; synthesis=yes';
    expect(await convene(real)).toEqual([says, `asked asked begins ends begins ends ${CHAIRMAN}`]);
    expect(await convene(real)).toEqual([says, `asked begins ends asked begins ends ${CHAIRMAN}`]);
    expect(logged()).toMatchObject([{ at_once: 1 }, { at_once: 1 }]);
  });
});

describe('a real Ollama that answers two at a time', () => {
  const { onOllama, warm, convene, logged } = councilOn('2');

  onOllama('is found to, and goes on to be asked so', async (real) => {
    await warm();
    for (let i = 0; i < 2; i += 1)
      expect(await convene(real)).toEqual([
        'members=2/2; at-once=2; synthesis=yes',
        `asked asked begins begins ends ends ${CHAIRMAN}`,
      ]);
    expect(logged()).toMatchObject([{ at_once: 2 }, { at_once: 2 }]);
  });
});
