import type { MemorySample, PressureLevel, Receipt } from '../contract.ts';
import type { Service } from '../service.ts';
import { promptFacts } from '../telemetry/prompt.ts';
import { stressRequest } from './prompts.ts';

export interface StressOptions {
  /** The models that are asked at the same time. */
  models: string[];
  rounds: number;
  /** Requests to each model at a time. */
  each: number;
  /** `off`: without Toaster's planning, to see what the machine does by itself. */
  guard: 'on' | 'off';
}

/** The machine at one moment of a run. Sizes are bytes; null is "the platform does not tell". */
export interface StressSample {
  /** Seconds since the run began. */
  at: number;
  /** Seconds since the sample before. */
  span: number;
  available: number | null;
  ollama: number | null;
  llamacpp: number | null;
  /** Pages per second. */
  swapouts: number | null;
  pageouts: number | null;
  pressure: PressureLevel;
  /** Requests that are running. */
  running: number;
}

/** One request of a run, `at` seconds after its beginning. */
export interface StressRequest {
  at: number;
  receipt: Receipt;
}

export interface StressResult {
  options: StressOptions;
  /** Seconds since 1970. */
  ts: number;
  seconds: number;
  state: 'running' | 'done' | 'interrupted';
  /** From how many pages per second on it counts as thrashing. */
  thrashFrom: number;
  total: number;
  samples: StressSample[];
  requests: StressRequest[];
}

export type StressEvent = { sample: StressSample } | { request: StressRequest };

/**
 * Fires prompts at several models at once, round after round, and watches memory meanwhile. Tells every sample and every
 * answer as it comes; `result` holds all of them at any time. Ends early when the signal says so, and leaves nothing running.
 */
export async function runStress(
  service: Service,
  result: StressResult,
  tell: (event: StressEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { probe } = service.parts.memory;
  const { now } = service.parts.clock;
  const { options } = result;
  const began = now();
  const elapsed = (): number => (now() - began) / 1000;
  let running = 0;
  const stopLooking = probe.watch();
  const unlisten = probe.listen((sample) => {
    result.seconds = elapsed();
    const row = rowOf(sample, elapsed(), result.samples.at(-1)?.at ?? 0, probe.pressure.level, running);
    result.samples.push(row);
    tell({ sample: row });
  });
  const ask = async (model: string, number: number): Promise<void> => {
    const at = elapsed();
    running += 1;
    const receipt = await askOnce(service, model, number, options.guard, signal);
    running -= 1;
    if (signal.aborted) return;
    result.requests.push({ at, receipt });
    tell({ request: { at, receipt } });
  };
  try {
    await probe.sample();
    for (let round = 0; round < options.rounds && !signal.aborted; round++) {
      const asked = options.models.flatMap((model) => Array.from({ length: options.each }, () => model));
      await Promise.all(asked.map((model, index) => ask(model, round * asked.length + index)));
    }
    if (!signal.aborted) await probe.sample();
  } finally {
    unlisten();
    stopLooking();
    result.seconds = elapsed();
    result.state = signal.aborted ? 'interrupted' : 'done';
  }
}

async function askOnce(
  service: Service,
  name: string,
  number: number,
  guard: StressOptions['guard'],
  signal: AbortSignal,
): Promise<Receipt> {
  const exchange = service.begin('stress');
  const request = {
    ...stressRequest(name, number),
    id: exchange.id,
    room: guard === 'on' ? 'plan' : 'off',
  } as const;
  exchange.receipt.asked(name, promptFacts(request.messages));
  return exchange.run(request, signal);
}

function rowOf(
  { available, resident, rates }: MemorySample,
  at: number,
  before: number,
  pressure: PressureLevel,
  running: number,
): StressSample {
  const { ollama, llamacpp } = resident;
  const { swapouts, pageouts } = rates;
  return { at, span: at - before, available, ollama, llamacpp, swapouts, pageouts, pressure, running };
}
