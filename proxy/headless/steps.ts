import type { Machine } from './machine.ts';
import type { Step } from './service-plan.ts';

const AGAIN_MS = 500;

/** Runs commands in order; what the first one said that failed, or null. */
export async function runSteps(steps: readonly Step[], { run, wait }: Machine): Promise<string | null> {
  for (const { command, mayFail, retryMs = 0 } of steps) {
    let ran = await run(command);
    for (let waited = 0; ran.code !== 0 && waited < retryMs; waited += AGAIN_MS) {
      await wait(AGAIN_MS);
      ran = await run(command);
    }
    if (ran.code !== 0 && !mayFail) return `${command.join(' ')} failed: ${ran.output || `exit ${ran.code}`}`;
  }
  return null;
}
