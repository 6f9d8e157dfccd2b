import * as z from 'zod';
import type {
  Cooled,
  MemoryMinute,
  MemorySample,
  ModelStatus,
  Pressure,
  ResidentStatus,
  Status,
} from '../../contract.ts';
import { heldTo } from '../held-to.ts';
import { count, pressureLevel, seconds, time } from './base.ts';

const rate = z.number().min(0).nullable();

export const memorySample = heldTo<MemorySample>()(
  z
    .object({
      ts: time,
      total: count,
      available: count.nullable(),
      swap_used: count.nullable(),
      kernel_level: pressureLevel.nullable().describe('The kernel’s own word, where it has one (macOS).'),
      stalled: z
        .number()
        .nullable()
        .describe('Percent of the last ten seconds in which something waited for memory (Linux).'),
      rates: z
        .object({
          pageouts: rate,
          pageins: rate,
          swapouts: rate,
          decompressions: rate,
          major_faults: rate,
        })
        .describe('Events per second.'),
      resident: z
        .object({
          ollama: count.nullable(),
          orphans: count.nullable(),
          llamacpp: count.nullable(),
          toaster: count.nullable(),
        })
        .describe('What is in memory; `orphans` are runners that a dead Ollama left behind.'),
    })
    .describe('The machine’s memory at one moment, in bytes. Null: the platform does not tell.'),
);

export const memoryMinute = heldTo<MemoryMinute>()(
  z
    .object({
      ts: time,
      available: count.nullable(),
      swap_used: count.nullable(),
      swapouts: rate,
      pageouts: rate,
      ollama: count.nullable(),
      llamacpp: count.nullable(),
      level: pressureLevel,
    })
    .describe(
      'A stretch of time: the least that was available, and the peaks of the rest. Bytes, and events a second.',
    ),
);

export const pressure = heldTo<Pressure>()(
  z
    .object({
      level: pressureLevel,
      why: z.string().nullable().describe('One sentence; null when all is normal.'),
      since: time,
    })
    .describe('The state of the machine’s memory.'),
);

export const residentStatus = heldTo<ResidentStatus>()(
  z
    .object({
      weights: z.string(),
      models: z.array(z.string()).describe('Empty for weights that no config names.'),
      size: count.nullable().describe('Bytes.'),
      footprint: count.nullable().describe('The most bytes that they were found to take.'),
      context: count,
      state: z.enum(['idle', 'busy', 'loading']),
      in_flight: count,
      waiting: count.describe('Requests that wait for them to be done with others.'),
      expires_in_s: z.number().nullable(),
      stays: z.enum(['busy', 'pinned', 'keep_alive']).describe('Why they are still there.'),
    })
    .describe('Weights in memory.'),
);

export const modelStatus = heldTo<ModelStatus>()(
  z
    .object({
      model: z.string(),
      tiers: z.array(z.string()).describe('Flags of `ask` that name it.'),
      weights: z.string(),
      runtime: z.string(),
      size: count.describe('Bytes.'),
      measured: z.boolean().describe('False: the size is the config’s estimate.'),
      state: z
        .enum(['warm', 'cold', 'loading', 'remote'])
        .describe('`remote`: in the memory of another machine.'),
      paid: z.boolean().describe('It costs money.'),
      expires_in_s: z.number().nullable(),
      pinned: z.boolean(),
      in_flight: count,
      tight: z.boolean().describe('It was loaded alone although it exceeds what was free.'),
      keep_alive_s: seconds.nullable().describe('Null: for ever.'),
      fallback: z.array(z.string()).describe('Who stands in, in order.'),
      last: z
        .object({ ts: time, latency_s: seconds })
        .nullable()
        .describe('The last answer that it gave itself, since the start.'),
      loading: z
        .object({ elapsed_s: seconds, expected_s: seconds.nullable() })
        .nullable()
        .describe('While it is being loaded: for how long, and how long it took the last time.'),
    })
    .describe('A model, and how warm it is.'),
);

export const status = heldTo<Status>()(
  z
    .object({
      memory: memorySample,
      pressure,
      free_for_models: z
        .number()
        .nullable()
        .describe('Bytes that a further model may have without anybody leaving.'),
      reserve: z.number().describe('Bytes that stay free for everything else.'),
      budget: z.number().nullable().describe('Bytes that all models together may have; null: no such cap.'),
      queue: count.describe('Requests that wait, for a load or for weights at work.'),
      residents: z.array(residentStatus),
      models: z.array(modelStatus),
    })
    .describe('What is in memory, what is free, and what each model is doing.'),
);

export const cooled = heldTo<Cooled>()(
  z.object({
    cooled: z.array(z.string()).describe('Weights that were unloaded.'),
    busy: z.array(z.string()).describe('Weights that stay, since they are answering or being loaded.'),
  }),
);

export const statusShapes = {
  Status: status,
  MemorySample: memorySample,
  MemoryMinute: memoryMinute,
  Pressure: pressure,
  ResidentStatus: residentStatus,
  ModelStatus: modelStatus,
};
