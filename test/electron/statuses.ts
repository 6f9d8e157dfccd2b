import type { HostState } from '../../electron/proxy-host.ts';
import type { ModelStatus, ResidentStatus, Status } from '../../proxy/contract.ts';

/** Statuses as the proxy tells them, with whatever a test cares about on top. */

export const ATTACHED: HostState = { mode: 'attached', url: 'http://127.0.0.1:11436', note: null };

export function model(fields: Partial<ModelStatus> = {}): ModelStatus {
  return {
    model: 'fast-9b',
    tiers: ['9b'],
    weights: 'qwen-9b',
    runtime: 'ollama',
    size: 6.6e9,
    measured: true,
    state: 'cold',
    paid: false,
    expires_in_s: null,
    pinned: false,
    in_flight: 0,
    tight: false,
    keep_alive_s: 900,
    fallback: [],
    last: null,
    loading: null,
    ...fields,
  };
}

export function resident(fields: Partial<ResidentStatus> = {}): ResidentStatus {
  return {
    weights: 'qwen-9b',
    models: ['fast-9b', 'think-9b'],
    size: 6.6e9,
    footprint: null,
    context: 8192,
    state: 'idle',
    in_flight: 0,
    waiting: 0,
    expires_in_s: 900,
    stays: 'keep_alive',
    ...fields,
  };
}

export function status(fields: Partial<Status> = {}): Status {
  return {
    memory: {
      ts: 0,
      total: 24e9,
      available: 10e9,
      swap_used: 0,
      kernel_level: 'normal',
      stalled: null,
      rates: { pageouts: 0, pageins: 0, swapouts: 0, decompressions: 0, major_faults: null },
      resident: { ollama: null, orphans: null, llamacpp: null, toaster: null },
    },
    pressure: { level: 'normal', why: null, since: 0 },
    free_for_models: 8e9,
    reserve: 2e9,
    budget: null,
    queue: 0,
    residents: [],
    models: [model()],
    ...fields,
  };
}
