import { harmless } from './ask/harmless.ts';
import { jsonLine } from './json-line.ts';

/** What the program says about itself, for a terminal or a journal; requests have a log of their own in telemetry/. */

export type Level = 'info' | 'warn' | 'error';
/** Facts beside the sentence, for whoever reads lines of JSON. */
export type Fields = Record<string, string | number | readonly string[]>;

export interface ProgramLog {
  readonly format: 'text' | 'json';
  say(level: Level, message: string, fields?: Fields): void;
}

interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** A journal adds the time and the program itself, so a line of text has no time. */
const PREFIX: Record<Level, string> = { info: '', warn: 'toaster: warning: ', error: 'toaster: ' };

/**
 * As `ASK_LOG_FORMAT` says: `text` (also where it says nothing that is known, which is warned of), with news on stdout and
 * what is wrong on stderr; or `json`, one object a line, all of them on stderr.
 */
export function programLog(
  env: NodeJS.ProcessEnv,
  { stdout, stderr }: Streams = process,
  now: () => Date = () => new Date(),
): ProgramLog {
  const wanted = env.ASK_LOG_FORMAT || 'text';
  // What others wrote may be in a message, such as a runtime's error or a program's name.
  const asText: ProgramLog['say'] = (level, message) =>
    void (level === 'info' ? stdout : stderr).write(`${PREFIX[level]}${harmless(message)}\n`);
  const asJson: ProgramLog['say'] = (level, message, fields = {}) =>
    void stderr.write(jsonLine({ ts: now().toISOString(), level, message: harmless(message), ...fields }));
  if (wanted === 'json') return { format: 'json', say: asJson };
  if (wanted !== 'text') asText('warn', `ASK_LOG_FORMAT=${wanted} is neither text nor json; using text`);
  return { format: 'text', say: asText };
}
