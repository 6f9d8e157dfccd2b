import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CompleteLink, LinkEvent } from '../../proxy/chat/types.ts';
import { Footprints } from '../../proxy/memory/footprints.ts';
import { Ledger } from '../../proxy/memory/ledger.ts';
import { MemoryProbe } from '../../proxy/memory/probe.ts';
import { Room } from '../../proxy/memory/room.ts';
import { Turns } from '../../proxy/memory/turns.ts';
import { withRoom } from '../../proxy/memory/with-room.ts';
import type { Link, Runtime } from '../../proxy/runtimes/types.ts';
import { chatRequest, never } from '../helpers/requests.ts';

afterEach(() => {
  vi.useRealTimers();
});

const GB = 1e9;
const heavy: Link = {
  model: 'heavy',
  runtime: 'r',
  weights: { id: 'w', name: 'heavy', size_gb: 18, context: 256, parallel: 1 },
  settings: { on_tight: 'load', on_no_room: 'demote' },
  keepAliveS: 30,
  timeouts: { connect: 1, firstToken: 600, load: 600, idle: 600 },
};

/** A 24 GB machine of which 10 are free, and that swaps as many pages a second as the test says. */
function machine(complete: CompleteLink) {
  vi.useFakeTimers({ now: 1_000_000 });
  const state = { perSecond: 0, swapouts: 0, at: Date.now() };
  const read = async () => {
    state.swapouts += ((Date.now() - state.at) / 1000) * state.perSecond;
    state.at = Date.now();
    const counters = {
      pageouts: null,
      pageins: null,
      swapouts: state.swapouts,
      decompressions: null,
      major_faults: null,
    };
    return { total: 24 * GB, available: 10 * GB, swapUsed: 0, kernelLevel: null, stalled: null, counters };
  };
  const warn = (message: string): never => expect.fail(message);
  const probe = new MemoryProbe({ read, processes: async () => [], wall: () => Date.now() / 1000, warn });
  const runtime: Runtime = {
    complete: () => complete,
    digest: async () => null,
    residents: async () => [],
    load: async () => undefined,
    unload: async () => undefined,
    close: async () => undefined,
  };
  const ledger = new Ledger(() => Date.now());
  ledger.follow(new Map([['r', runtime]]), [
    { weights: heavy.weights, runtime: 'r', models: ['heavy'], link: heavy },
  ]);
  const settings = () => ({ reserve: 2 * GB, budget: null, system: 4 * GB });
  const footprints = new Footprints({}, () => undefined);
  const room = new Room({
    ledger,
    probe,
    footprints,
    settings,
    pinned: () => new Set(),
    warn,
    now: () => Date.now(),
  });
  const answer = withRoom(complete, heavy, [], {
    room,
    ledger,
    probe,
    turns: new Turns({ settings: () => ({ most: 1, waitS: 1 }), changed: () => undefined }),
    thrash: () => ({ swapouts: 2000, seconds: 10 }),
  });
  const events: LinkEvent[] = [];
  const run = async (): Promise<string> => {
    try {
      for await (const event of answer(chatRequest('x'), never())) events.push(event);
      return 'answered';
    } catch (error) {
      return error instanceof Error && 'reason' in error ? String(error.reason) : String(error);
    }
  };
  return { state, events, run, ledger, close: () => probe.close() };
}

/** Answers after so many seconds, word by word for as long again. */
const slowly = (seconds: number): CompleteLink =>
  async function* (_request, signal) {
    for (const words of [0, 1]) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, seconds * 1000);
        signal.addEventListener('abort', () => resolve());
      });
      signal.throwIfAborted();
      if (words === 0) yield { type: 'delta', text: 'word' };
    }
    yield { type: 'finish', reason: 'stop', usage: { promptTokens: 1, completionTokens: 1 }, loadS: null };
  };

describe('a model that exceeds what is free', () => {
  it('is loaded alone, and says that memory is tight', async () => {
    const { run, events, ledger, close } = machine(slowly(5));
    const ran = run();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await ran).toBe('answered');
    expect(events.map(({ type }) => type)).toEqual(['load', 'tight', 'load', 'delta', 'finish']);
    expect(ledger.busy('w')).toBe(0);
    // Whoever looks at the status hears of it, too.
    expect(ledger.isTight('w')).toBe(true);
    close();
  });

  it('is given up when the machine swaps for too long before the first token', async () => {
    const { run, state, ledger, close } = machine(slowly(60));
    const ran = run();
    state.perSecond = 5000;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await ran).toBe('thrash');
    expect(ledger.busy('w')).toBe(0);
    close();
  });

  it('is not given up for a burst, nor once it has begun to answer', async () => {
    const burst = machine(slowly(30));
    const ran = burst.run();
    burst.state.perSecond = 5000;
    await vi.advanceTimersByTimeAsync(6000);
    burst.state.perSecond = 0;
    await vi.advanceTimersByTimeAsync(26_000);
    expect(burst.events.at(-1)?.type).toBe('delta');
    burst.state.perSecond = 5000;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await ran).toBe('answered');
    burst.close();
  });
});
