import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Status } from '../../proxy/contract.ts';
import { proxyOnOllama } from '../helpers/proxy-on-ollama.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';

/** Memory planned on a real Ollama with two real models, and a budget into which only one of them fits. */

// The 0.5B's process holds 572 MB and the generated twin's some 80: either fits, both do not. Without the 0.5B there are
// two generated ones.
const { folder, url, onOllama } = proxyOnOllama(
  (real) => `memory: { budget_gb: ${real.real ? 0.62 : 0.12}, reserve_gb: 0, system_gb: 0 }
weights:
  qwen-9b: { name: "${real.able}", size_gb: ${real.real ? 0.5 : 0.06}, context: 1024 }
  llama-1b: { name: "${real.twin}", size_gb: 0.09, context: 512 }
models:
  fast-9b: { fallback: [], timeouts: { first_token: 60s } }
  fast-1b: { fallback: [] }
`,
  () => undefined,
);

const status = async (): Promise<Status> => jsonOf(await fetch(`${url()}/api/status`));
const ask = (model: string, text = 'toast', max_tokens = 8) =>
  fetch(`${url()}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens, messages: [{ role: 'user', content: text }] }),
  });
const warm = async () => (await status()).residents.map(({ weights }) => weights);
const runners = (model: string): number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='])
    .toString()
    .split('\n')
    .filter((line) => /llama-server .*--model/.test(line) && line.includes(model))
    .map((line) => Number.parseInt(line, 10));

describe('room on a real Ollama', () => {
  onOllama('one goes before the other comes, both ways, and is out of memory when it does', async (real) => {
    for (const [model, weights] of [
      ['fast-9b', 'qwen-9b'],
      ['fast-1b', 'llama-1b'],
      ['fast-9b', 'qwen-9b'],
    ] as const) {
      expect((await ask(model)).headers.get('x-served-by')).toBe(model);
      expect(await warm()).toEqual([weights]);
      expect(runners(real.folder)).toHaveLength(1);
    }
  });

  onOllama('what they take is measured, and kept', async () => {
    const { models } = await status();
    for (const name of ['fast-9b', 'fast-1b'])
      expect(models.find(({ model }) => model === name)?.measured).toBe(true);
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')).footprints)).toHaveLength(
      2,
    );
  });

  onOllama('an answer is finished before its weights go', async () => {
    await ask('fast-9b');
    let over = false;
    const long = ask('fast-9b', 'count', 100).finally(() => {
      over = true;
    });
    await until(async () => over || (await status()).residents[0]?.state === 'busy');
    const [first, second] = await Promise.all([long, ask('fast-1b')]);
    expect((await jsonOf(first)).choices[0].finish_reason).toMatch(/^(stop|length)$/);
    expect(second.headers.get('x-served-by')).toBe('fast-1b');
    expect(await warm()).toEqual(['llama-1b']);
  });

  onOllama('a pin comes back after its runner was killed', async (real) => {
    const token = readFileSync(join(folder, 'admin.token'), 'utf8').trim();
    await fetch(`${url()}/api/models/fast-9b/pin`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: '{"pinned":true}',
    });
    await ask('fast-9b');
    const [pid = 0] = runners(real.folder);
    process.kill(pid, 'SIGKILL');
    const response = await ask('fast-9b');
    expect(response.headers.get('x-served-by')).toBe('fast-9b');
    expect(runners(real.folder)).not.toContain(pid);
  });

  onOllama('a runner that is killed in the midst of an answer is an error in the stream', async (real) => {
    const answer = await fetch(`${url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'fast-9b',
        stream: true,
        max_tokens: 800,
        messages: [{ role: 'user', content: 'Count from one to five hundred, in words.' }],
      }),
    });
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of answer.body ?? []) {
      const begun = /"content":"[^"]/.test(text);
      text += decoder.decode(piece, { stream: true });
      if (!begun && /"content":"[^"]/.test(text))
        for (const pid of runners(real.folder)) process.kill(pid, 'SIGKILL');
    }
    expect(text).toContain('"code":"broke_off"');
    expect(text).not.toMatch(/\[DONE\]|"finish_reason":"(stop|length)"/);
    expect((await ask('fast-9b')).headers.get('x-served-by')).toBe('fast-9b');
  });

  onOllama(
    'the memory of its runners is counted, and of those that a dead Ollama leaves behind',
    async (real) => {
      await ask('fast-9b');
      await until(async () => ((await status()).memory.resident.ollama ?? 0) > 1e7);
      const orphans = runners(real.folder);
      process.kill(real.pid, 'SIGKILL');
      try {
        await until(async () => ((await status()).memory.resident.orphans ?? 0) > 1e7);
        const env = { ASK_URL: url(), ASK_DATA_DIR: folder };
        expect((await runAsk(['--status'], { env })).stdout).toMatch(
          /orphans +[\d.]+ GB of a dead Ollama's runners; ask --doctor has the command that ends them/,
        );
        const { findings } = JSON.parse((await runAsk(['--doctor', '--json'], { env })).stdout);
        const mends = findings.map(({ mend }: { mend: string | null }) => mend?.split(' ') ?? []);
        const kill = mends.find(([command]: string[]) => command === 'kill');
        expect(kill).toEqual(expect.arrayContaining(orphans.map(String)));
        const failed = await ask('fast-9b', 'anybody there?');
        expect(failed.status).toBe(503);
        expect((await jsonOf(failed)).error.message).toMatch(/Ollama does not answer.*ollama serve/);
      } finally {
        for (const pid of orphans) process.kill(pid, 'SIGKILL');
      }
    },
  );
});
