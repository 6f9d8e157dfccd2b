import { ApiError } from '../errors.ts';
import type { Service } from '../service.ts';
import { runStress, type StressEvent, type StressOptions, type StressResult } from './run.ts';

/** Lets one stress test run at a time, and keeps the last one. */
export class StressDesk {
  #last: StressResult | null = null;

  /** The run that is on, or the last one; null before the first. */
  get last(): StressResult | null {
    return this.#last;
  }

  /** Runs one. Throws `ApiError` 409 while another is on. */
  async run(
    service: Service,
    options: StressOptions,
    tell: (event: StressEvent) => void,
    signal: AbortSignal,
  ): Promise<StressResult> {
    if (this.#last?.state === 'running')
      throw new ApiError(409, 'A stress test is running already; wait for it, or end it with Ctrl-C.', {
        code: 'busy',
      });
    const result: StressResult = {
      options,
      ts: service.parts.clock.wall(),
      seconds: 0,
      state: 'running',
      thrashFrom: service.parts.live.current.thrash.swapouts,
      total: options.models.length * options.each * options.rounds,
      samples: [],
      requests: [],
    };
    this.#last = result;
    await runStress(service, result, tell, signal);
    return result;
  }
}
