/** What a fake model can be made to do wrong. `after`: how many tokens come first (0 unless told). */
export type Fault =
  /** The connection is cut before any byte of an answer. */
  | { kind: 'reset' }
  /** Nothing comes, ever. */
  | { kind: 'hang' }
  | { kind: 'hang-mid-stream'; after?: number }
  | { kind: 'reset-mid-stream'; after?: number }
  | { kind: 'status'; status: number; error?: string; retryAfter?: number }
  /** The runner dies: an error object inside a 200. */
  | { kind: 'error-in-stream'; after?: number }
  | { kind: 'malformed-line'; after?: number }
  /** The stream ends without `done`. */
  | { kind: 'no-end'; after?: number }
  | { kind: 'slow-tokens'; ms: number }
  /** Nothing wrong: the connection says only a while after `done` that this was all. */
  | { kind: 'late-end'; ms: number };

/** A fault with how many requests it still hits. */
export interface ActiveFault {
  fault: Fault;
  left: number;
}

/** Takes the fault for one request, and counts down. */
export function takeFault(faults: Map<string, ActiveFault>, model: string): Fault | null {
  const active = faults.get(model);
  if (!active || active.left <= 0) return null;
  active.left -= 1;
  return active.fault;
}

/** The text of a runner that died, word for word that of a real Ollama. */
export const RUNNER_DIED = 'an error was encountered while running the model: unexpected EOF';
