import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OllamaHttp } from '../../proxy/runtimes/ollama/http.ts';
import { unload } from '../../proxy/runtimes/ollama/residency.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

/** What memory planning does when Ollama, or another who uses it, does not play along. */

const GB = 1e9;
const OPTIONS = {
  models: '  fast-9b: { fallback: [] }\n  fast-4b: { fallback: [] }',
  further: 'memory: { budget_gb: 9, reserve_gb: 0, system_gb: 0 }',
};
let toaster: TestToaster;
beforeEach(async () => {
  toaster = await startToaster({
    ...OPTIONS,
    fake: {
      models: [
        { name: 'qwen3.5:9b', size: 6 * GB },
        { name: 'gemma3:4b', size: 4 * GB },
        { name: 'llama3.2:3b', size: 2 * GB },
        { name: 'stranger:7b', size: 5 * GB },
      ],
    },
  });
});
afterEach(() => toaster.end());
const ask = async (model: string, text = 'hi') => {
  const response = await toaster.chat(text, { model });
  return { status: response.status, body: await jsonOf(response) };
};
const resident = () =>
  toaster.fake.residency
    .list()
    .map(({ name }) => name)
    .sort();

describe('room', () => {
  it('is not taken from weights that do not leave: the request says whose memory it needs', async () => {
    await ask('fast-9b');
    vi.spyOn(toaster.fake.residency, 'unload').mockImplementation(() => undefined);
    const http = new OllamaHttp(toaster.fake.url);
    await expect(unload(http, 'qwen3.5:9b', 150)).rejects.toThrow('Ollama does not let go of qwen3.5:9b');
    http.close();
  });

  it('is planned anew after Ollama was restarted: what the old one had is gone', async () => {
    await ask('fast-9b');
    const { port } = toaster.fake;
    await toaster.fake.close();
    const failed = await ask('fast-4b');
    expect(failed).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/ollama serve/) } },
    });
    const models = [
      { name: 'qwen3.5:9b', size: 6 * GB },
      { name: 'gemma3:4b', size: 4 * GB },
    ];
    toaster.fake = await FakeOllama.start({ port, models });
    expect((await ask('fast-4b')).status).toBe(200);
    expect(resident()).toEqual(['gemma3:4b']);
    expect((await ask('fast-9b')).status).toBe(200);
    expect(resident()).toEqual(['qwen3.5:9b']);
  });

  it('is not fought over by two Toasters on one Ollama: nothing is killed, both answer', async () => {
    const other = await startToaster({ ...OPTIONS, onOllama: toaster.fake.url });
    toaster.fake.set({ name: 'qwen3.5:9b', tokenMs: 10 });
    const long = ask('fast-9b', 'word '.repeat(60));
    await until(() => toaster.fake.residency.busy('qwen3.5:9b') === 1);
    const second = await other.chat('hi', { model: 'fast-4b' });
    expect(second.headers.get('x-served-by')).toBe('fast-4b');
    expect((await long).body.choices[0].finish_reason).toBe('stop');
    expect(resident()).toEqual(['gemma3:4b']);
    await other.end();
  });

  it('is made by what another program has loaded, too', async () => {
    await fetch(`${toaster.fake.url}/api/generate`, { method: 'POST', body: '{"model":"stranger:7b"}' });
    expect((await ask('fast-9b')).status).toBe(200);
    expect(resident()).toEqual(['qwen3.5:9b']);
  });

  it('counts what weights have grown to, and remembers it', async () => {
    await ask('fast-9b');
    await ask('fast-3b');
    expect(resident()).toEqual(['llama3.2:3b', 'qwen3.5:9b']);
    toaster.fake.residency.unload('llama3.2:3b');
    toaster.fake.set({ name: 'qwen3.5:9b', size: 8 * GB });
    await until(async () => {
      const { residents } = await jsonOf(await fetch(`${toaster.url}/api/status`));
      return residents[0]?.footprint === 8 * GB;
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
    await ask('fast-3b');
    vi.restoreAllMocks();
    expect(resident()).toEqual(['llama3.2:3b']);
    const { footprints } = JSON.parse(readFileSync(join(toaster.folder, 'state.json'), 'utf8'));
    expect(footprints['qwen3.5:9b@8192']).toBe(8 * GB);
  });
});
