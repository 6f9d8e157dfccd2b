import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MOST_BYTES = 512 * 1024;
/** What a terminal acts on. A runtime's words may be among what is written, and who looks at the file has a terminal. */
const CONTROLS = /(?![\n\t])\p{Cc}/gu;

/** `app.log`: what went wrong in the app, for a person who wants to report it. The last full one is kept beside it. */
export class AppLog {
  readonly file: string;
  readonly #now: () => Date;

  constructor(file: string, now: () => Date = () => new Date()) {
    this.file = file;
    this.#now = now;
  }

  /** One entry; errors with their stack. Never throws: it is called where something is wrong already. */
  write(what: string, error?: unknown): void {
    const detail = error === undefined ? '' : `: ${error instanceof Error ? error.stack : String(error)}`;
    const text = `${what}${detail}\n`.replace(CONTROLS, '\ufffd');
    const entry = `${this.#now().toISOString()} ${text}`;
    // A terminal that is gone makes stderr throw, too.
    for (const put of [() => process.stderr.write(`toaster: ${text}`), () => this.#append(entry)])
      try {
        put();
      } catch {
        // There is no place left to say it.
      }
  }

  #append(entry: string): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    if (size + entry.length > MOST_BYTES) renameSync(this.file, `${this.file}.1`);
    appendFileSync(this.file, entry, { mode: 0o600 });
  }
}
