import { EXIT, type LogLine, type PressureLevel, type Reason } from '../../proxy/contract.ts';

const REASONS: Record<Reason, string> = {
  timeout: 'took too long',
  http_5xx: 'its runtime failed',
  connection: 'its runtime could not be reached',
  crash: 'its runner crashed',
  no_room: 'no room in memory',
  thrash: 'made the machine swap',
  cooling_off: 'rests after a failure',
  missing: 'is not installed',
  unauthorized: 'its key is refused',
  unsupported: 'cannot do what was asked',
  empty: 'said nothing',
};

/** A reason in a person's words. One of a newer version stays as it is. */
export function reasonWords(reason: Reason | null | undefined): string {
  if (!reason) return 'for no known reason';
  return REASONS[reason] ?? reason;
}

/** How a request ended. */
export type Outcome = 'answered' | 'demoted' | 'failed' | 'refused' | 'interrupted';

/** How a request ended, by its line. Asked wrongly, or too strictly, is no failure: the log's filter sees it so, too. */
export function outcomeOf(line: LogLine): Outcome {
  if (line.exit_code === EXIT.interrupted) return 'interrupted';
  if (line.exit_code === EXIT.usage || line.exit_code === EXIT.strict) return 'refused';
  if (line.exit_code) return 'failed';
  return line.demoted ? 'demoted' : 'answered';
}

const EXITS: Record<number, string> = {
  [EXIT.answered]: 'answered',
  [EXIT.usage]: 'was asked wrongly',
  [EXIT.unreachable]: 'the proxy was away',
  [EXIT.failed]: 'the whole chain failed',
  [EXIT.brokeOff]: 'broke off in mid-answer',
  [EXIT.strict]: 'would have been demoted',
  [EXIT.interrupted]: 'interrupted',
};

/** An exit code in words. */
export function exitWords(code: number | undefined): string {
  if (code === undefined) return 'unknown';
  return EXITS[code] ?? `exit code ${code}`;
}

/** The state of memory in words. */
export const PRESSURE: Record<PressureLevel, string> = {
  normal: 'Memory is fine',
  warn: 'Memory is tight',
  critical: 'Memory is critical',
};
