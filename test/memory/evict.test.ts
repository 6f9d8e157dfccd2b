import { describe, expect, it } from 'vitest';
import { evict } from '../../proxy/memory/evict.ts';
import { Ledger } from '../../proxy/memory/ledger.ts';
import { MemoryProbe } from '../../proxy/memory/probe.ts';
import { NO_COUNTERS } from '../../proxy/memory/reading.ts';
import type { ProcessFacts } from '../../proxy/memory/resident.ts';
import type { Resident, Runtime } from '../../proxy/runtimes/types.ts';

const runner = (pid: number, parent: number): ProcessFacts => ({
  pid,
  parent,
  name: 'llama-server',
  command: 'llama-server --model /models/blobs/sha256-abc --port 1',
  rss: 6e9,
});

/** A runtime that says "unloaded" before its process has gone: that takes `lingers` further looks. */
function machine({ lingers = 0, orphan = false, refuses = false } = {}) {
  const resident: Resident = {
    key: 'qwen',
    size: 1e6,
    context: 256,
    expiresAt: null,
    process: 'sha256-abc',
    loading: false,
  };
  let unloaded = false;
  let looks = 0;
  const runtime: Runtime = {
    complete: () => async function* () {},
    digest: async () => null,
    residents: async () => [resident],
    load: async () => undefined,
    unload: async () => {
      if (refuses) throw new Error('Ollama does not let go of qwen');
      unloaded = true;
    },
    close: async () => undefined,
  };
  const reading = {
    total: 24e9,
    available: 1e9,
    swapUsed: 0,
    kernelLevel: null,
    stalled: null,
    counters: NO_COUNTERS,
  };
  const processes = async () => {
    if (unloaded) looks += 1;
    return [...(orphan ? [runner(7, 1)] : []), ...(looks > lingers ? [] : [runner(8, 2)])];
  };
  const warn = (message: string): never => expect.fail(message);
  const probe = new MemoryProbe({
    read: async () => reading,
    processes,
    wall: () => Date.now() / 1000,
    warn,
  });
  const ledger = new Ledger(() => performance.now());
  ledger.follow(new Map([['r', runtime]]), []);
  return {
    running: () => probe.running('sha256-abc'),
    async evict() {
      const failed = await evict(['qwen'], await ledger.residents(), { ledger, probe });
      probe.close();
      return [...failed];
    },
  };
}

describe('an eviction', () => {
  it('is done when the process is gone, which is after the runtime has said so', async () => {
    const held = machine({ lingers: 2 });
    await held.evict();
    expect(held.running()).toBe(0);
  });

  it('does not wait for an orphan of a dead Ollama that holds the same file', async () => {
    const held = machine({ lingers: 1, orphan: true });
    expect(await held.evict()).toEqual([]);
    expect(held.running()).toBe(1);
  });

  it('that fails says why', async () => {
    const held = machine({ refuses: true });
    expect(await held.evict()).toEqual([['qwen', new Error('Ollama does not let go of qwen')]]);
  });
});
