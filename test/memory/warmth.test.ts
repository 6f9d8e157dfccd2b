import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock as clock } from '../../proxy/clock.ts';
import { knownWeights } from '../../proxy/config/links.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import type { PressureLevel } from '../../proxy/contract.ts';
import { LinkFailure } from '../../proxy/errors.ts';
import { type Memory, openMemory } from '../../proxy/memory/memory.ts';
import { NO_COUNTERS } from '../../proxy/memory/reading.ts';
import { Warmth } from '../../proxy/memory/warmth.ts';
import type { Resident, Runtime } from '../../proxy/runtimes/types.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Pins over hours of a made-up clock. */

const MINUTE = 60_000;
let memory: Memory;
let warmth: Warmth;
let loads: number[];
let warnings: string[];
let listed: Resident[];
let fits: boolean;
let kernelLevel: PressureLevel;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'],
  });
  [loads, warnings, listed, fits, kernelLevel] = [[], [], [], false, 'normal'];
  const folder = tempFolder();
  const config = parseConfig('', 'built in');
  memory = openMemory({
    stateFile: join(folder, 'state.json'),
    historyFile: join(folder, 'history.db'),
    clock,
    warn: (message) => void warnings.push(message),
    config: () => config,
    machine: {
      read: async () => ({
        total: 24e9,
        available: 12e9,
        swapUsed: 0,
        kernelLevel,
        stalled: null,
        counters: NO_COUNTERS,
      }),
      processes: async () => [],
    },
  });
  const runtime: Runtime = {
    complete: () => async function* () {},
    digest: async () => null,
    residents: async () => listed,
    async load({ weights: { name = '', context } }) {
      loads.push(Date.now());
      if (!fits) throw new LinkFailure('http_5xx', 'model requires more system memory than is available');
      await new Promise((resolve) => setTimeout(resolve, 100));
      const fresh = { key: name, size: 1e9, context, expiresAt: null, process: null, loading: false };
      listed = [...listed, fresh];
    },
    unload: async () => undefined,
    close: async () => undefined,
  };
  memory.ledger.follow(new Map([['ollama', runtime]]), knownWeights(config));
  warmth = new Warmth(memory, (message) => void warnings.push(message));
});
afterEach(() => {
  warmth.close();
  memory.probe.close();
  memory.history.close();
  vi.useRealTimers();
});

describe('a pin', () => {
  it('that never fits is tried with growing pauses, and told once', async () => {
    const began = Date.now();
    warmth.pin('fast-3b', true);
    await vi.advanceTimersByTimeAsync(300 * MINUTE);
    const minutes = loads.map((at) => Math.round((at - began) / MINUTE));
    // Pauses of 1, 2, 4, 8, 16 and 32 minutes, then always an hour.
    expect(minutes).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(warnings).toEqual([
      expect.stringMatching(/^fast-3b is pinned and cannot be warm now \(model requires more/),
    ]);
  });

  it('comes back when somebody else put it out', async () => {
    fits = true;
    warmth.pin('fast-3b', true);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(loads).toHaveLength(1);
    listed = [];
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(loads).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it('set while another one is being loaded comes right after it', async () => {
    fits = true;
    // Weights are looked through in the config's order, in which the second comes before the first.
    warmth.pin('fast-1b', true);
    await vi.advanceTimersByTimeAsync(50);
    expect(loads).toHaveLength(1);
    warmth.pin('fast-3b', true);
    await vi.advanceTimersByTimeAsync(500);
    expect(loads).toHaveLength(2);
  });

  it('waits while a request runs, and while memory is short', async () => {
    fits = true;
    memory.ledger.enter('qwen-9b');
    warmth.pin('fast-3b', true);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(loads).toEqual([]);
    memory.ledger.leave('qwen-9b');
    kernelLevel = 'warn';
    await memory.probe.sample();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(loads).toEqual([]);
    kernelLevel = 'normal';
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(loads).toHaveLength(1);
  });
});
