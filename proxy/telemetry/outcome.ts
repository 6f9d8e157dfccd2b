import { EXIT, type ExitCode } from '../contract.ts';

/** What became of a request, in a word. */
export type Outcome =
  | 'answered'
  | 'usage'
  | 'unreachable'
  | 'failed'
  | 'broke_off'
  | 'strict'
  | 'interrupted';

const OUTCOMES: Record<ExitCode, Outcome> = {
  [EXIT.answered]: 'answered',
  [EXIT.usage]: 'usage',
  [EXIT.unreachable]: 'unreachable',
  [EXIT.failed]: 'failed',
  [EXIT.brokeOff]: 'broke_off',
  [EXIT.strict]: 'strict',
  [EXIT.interrupted]: 'interrupted',
};

/** The word for an exit code. */
export const outcomeOf = (exit: ExitCode): Outcome => OUTCOMES[exit];
