import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkMemory } from '../../proxy/doctor/checks/memory.ts';
import { checkRuntimes } from '../../proxy/doctor/checks/runtimes.ts';
import { checkTiers } from '../../proxy/doctor/checks/tiers.ts';
import type { ProcessFacts } from '../../proxy/memory/resident.ts';
import { readServer } from '../../proxy/runtimes/ollama/server-environment.ts';
import { digestOf } from '../fake-ollama/models.ts';
import { never } from '../helpers/requests.ts';
import { madeUpMachine } from './made-up-machine.ts';

/** One check each, on a laptop with 24 GB whose processes are made up. */

const serve = { pid: 10, parent: 1, name: 'ollama', command: '/usr/bin/ollama serve', rss: 60e6 };
const runner = (pid: number, parent: number, model: string, rss: number): ProcessFacts => ({
  pid,
  parent,
  name: 'llama-server',
  command: `/usr/lib/ollama/llama-server --model /m/blobs/sha256-${digestOf(model)} --port 4${pid}`,
  rss,
});
const load = (url: string, model: string) =>
  fetch(`${url}/api/generate`, { method: 'POST', body: JSON.stringify({ model }) });

describe('memory', () => {
  it('that is as it should be', async () => {
    const { look } = await madeUpMachine();
    expect(await look(checkMemory)).toEqual([
      { state: 'ok', says: '12.0 GB of 25.8 GB free, pressure normal', mend: null },
    ]);
  });

  it('a prompt cache that has grown is told from what its model took, with the command that frees it', async () => {
    const { look, facts, fake } = await madeUpMachine();
    fake.set({ name: 'stranger:7b' });
    await load(fake.url, 'qwen3.5:9b');
    await load(fake.url, 'stranger:7b');
    facts.processes = [
      serve,
      runner(11, 10, 'qwen3.5:9b', 1.9e9),
      // Of what Toaster does not know, too.
      runner(12, 10, 'stranger:7b', 9e9),
    ];
    const [, ...found] = await look(checkMemory);
    expect(found).toEqual([
      {
        state: 'warn',
        says: 'stranger:7b was 1.0 GB and has grown to 9.0 GB, by its prompt cache',
        mend: 'ollama stop stranger:7b',
      },
    ]);
    facts.processes = [serve, runner(11, 10, 'qwen3.5:9b', 2.5e9)];
    expect((await look(checkMemory)).at(-1)).toMatchObject({
      says: 'qwen-9b was 1.0 GB and has grown to 2.5 GB, by its prompt cache',
      mend: 'ask --cool fast-9b',
    });
  });

  it('runners of a dead Ollama, by their ids: those of the living one stay', async () => {
    const { look, facts } = await madeUpMachine();
    facts.processes = [
      serve,
      runner(11, 10, 'qwen3.5:9b', 6e9),
      runner(20, 1, 'qwen3-coder:30b', 18e9),
      runner(21, 1, 'llama3.2:3b', 2e9),
    ];
    expect((await look(checkMemory))[1]).toEqual({
      state: 'warn',
      says: "a dead Ollama's runners hold 20.0 GB",
      mend: 'kill 20 21',
    });
  });

  it('of a system that does not tell is unknown, not none', async () => {
    const { look, facts } = await madeUpMachine();
    facts.available = null;
    expect((await look(checkMemory)).map(({ state }) => state)).toEqual(['ok', 'unknown']);
    expect(await look(checkTiers)).toEqual([
      { state: 'unknown', says: 'what is free is not known here', mend: null },
    ]);
  });
});

describe('tiers', () => {
  it('one that only runs tight is a hint; the default one, and every question with it, is to know', async () => {
    const { look, facts } = await madeUpMachine();
    const heavy = '--heavy takes 20.2 GB, and 10.0 GB can be had now: it would run alone, and tight';
    const [there, ...others] = await look(checkTiers);
    expect(there).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/^there is room for --9b 7\.4 GB, --4b/),
    });
    expect(others).toEqual([{ state: 'hint', says: heavy, mend: null }]);
    facts.available = 9e9;
    expect((await look(checkTiers)).filter(({ state }) => state === 'warn')).toEqual([
      {
        state: 'warn',
        says: '--9b takes 7.4 GB, and 7.0 GB can be had now: it would run alone, and tight',
        mend: null,
      },
    ]);
  });

  it('what is warm counts as free, as it would leave', async () => {
    const { look, facts, fake } = await madeUpMachine();
    facts.available = 8e9;
    await load(fake.url, 'qwen3-coder:30b');
    facts.processes = [serve, runner(11, 10, 'qwen3-coder:30b', 5e9)];
    expect((await look(checkTiers))[0]?.says).toMatch(/^there is room for --9b/);
  });

  it('a default tier that can never be loaded here is wrong, and another one is proposed', async () => {
    const { look, facts } = await madeUpMachine('default_tier: heavy');
    facts.total = 16e9;
    const [, wrong] = await look(checkTiers);
    expect(wrong).toEqual({
      state: 'wrong',
      says: '--heavy takes 20.2 GB, more than models may have here (12.0 GB): it is never loaded, and it is the default tier',
      mend: expect.stringMatching(/^\$\{EDITOR:-vi\} \S+config\.yaml {2}# default_tier: 9b$/),
    });
  });

  it('a budget is what models may have, however large the machine', async () => {
    const { look } = await madeUpMachine('memory: { budget_gb: 3 }');
    expect((await look(checkTiers)).map(({ state }) => state)).toEqual([
      'ok',
      'wrong',
      'hint',
      'hint',
      'hint',
    ]);
  });
});

describe('the KV cache of Ollama', () => {
  const kv = async (available: number) => {
    const { look, facts } = await madeUpMachine();
    facts.available = available;
    return (await look(checkRuntimes)).find(({ says }) => says.includes('KV cache'));
  };

  it('as everybody has it is a hint, also where halving it would help nobody', async () => {
    expect(await kv(12e9)).toMatchObject({
      state: 'hint',
      says: expect.stringMatching(/what contexts take$/),
    });
    expect(await kv(4e9)).toMatchObject({ state: 'hint' });
  });

  it('is to know where it keeps a tier from having room', async () => {
    // The 9B takes 6.6 and 0.8 GB, and 7.1 can be had.
    expect(await kv(9.1e9)).toMatchObject({
      state: 'warn',
      says: expect.stringMatching(/q8_0 halves what contexts take, and --9b, --think would have room$/),
    });
  });
});

describe("an Ollama's server", () => {
  const environment = async (holder: Awaited<ReturnType<Parameters<typeof readServer>[3] & object>>) =>
    (await readServer('http://127.0.0.1:11434', 'linux', never(), async () => holder)).environment;

  it('is read from whoever has the port', async () => {
    expect((await environment({ name: 'ollama', pid: process.pid }))?.get('PATH')).toBe(process.env.PATH);
  });

  it('of another user cannot be seen: neither who has the port nor what it was started with', async () => {
    expect(await environment(null)).toBeNull();
    // A process that may not be looked into is like one that has just ended.
    const { pid } = spawnSync('true');
    expect(await environment({ name: 'ollama', pid })).toBeNull();
  });

  it('on another machine is not looked for on this one', async () => {
    const ask = () => expect.unreachable('another machine’s port');
    expect(await readServer('http://192.0.2.7:11434', 'linux', never(), ask)).toEqual({ environment: null });
  });
});
