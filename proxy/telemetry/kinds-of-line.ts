import { EXIT, type LogLine } from '../contract.ts';

const FAILED: ReadonlySet<LogLine['exit_code']> = new Set([EXIT.unreachable, EXIT.failed, EXIT.brokeOff]);

/** Whether somebody wanted an answer and got none, or half of one; neither a mistake in asking nor a change of mind. */
export const isFailed = ({ exit_code }: LogLine): boolean => FAILED.has(exit_code);

/** Whether a model was wanted: `ask --help` and its like, and the count of a prompt, have a line in the log, and are no request. */
export const isRequest = (line: LogLine): boolean =>
  line.command === undefined && (line.model !== null || isFailed(line));
