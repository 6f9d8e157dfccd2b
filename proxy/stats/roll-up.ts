import type { Counting } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { isCorrupt } from '../is-corrupt.ts';
import { settles } from '../settles.ts';
import {
  closeLogFiles,
  LONGEST_LINE,
  type LogFile,
  NEWLINE,
  openLogFiles,
  readAt,
} from '../telemetry/log-files.ts';
import { parseLine } from '../telemetry/parse-line.ts';
import { warnRarely } from '../telemetry/warn-rarely.ts';
import {
  type Batch,
  countIn,
  type Followed,
  openTable,
  type RollUpTable,
  removeTable,
  tableInMemory,
} from './table.ts';
import { type CountedTallies, tallies } from './tallies.ts';

/** What is read and counted in one go takes some milliseconds; in between others get their turn. */
const BLOCK = 64 * 1024;
const BATCH = 100;
const LOOK_EVERY_MS = 3600_000;

export interface RollUpOptions {
  file: string;
  /** The log that it follows. */
  log: string;
  /** Seconds since 1970. */
  now(): number;
  warn(message: string): void;
}

/**
 * The log summed up. The log is the truth: this follows it, whoever writes it, through its rotations, and is built anew
 * when it does not fit to it any more. Neither lines that ask no model
 * are counted nor those of a stress test.
 */
export class RollUp {
  readonly #options: RollUpOptions;
  readonly #warn: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #table: RollUpTable;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #counting: Counting | null = null;
  #closed = false;

  constructor(options: RollUpOptions) {
    this.#options = options;
    this.#warn = warnRarely(options.warn, options.now);
    this.#table = this.#open();
    this.#timer = setInterval(() => void this.catchUp(), LOOK_EVERY_MS).unref();
  }

  /** How far it is while it counts; null while there is nothing to count. */
  get counting(): Counting | null {
    return this.#counting && { ...this.#counting };
  }

  /**
   * Tallies from `from` up to, but without, `to` (seconds since 1970), with a bucket for each step of `stepS` seconds. All
   * that the log has got is in them, unless counting it takes longer than `patienceMs`: then `counting` says how far it is.
   */
  async tally(
    from: number,
    to: number,
    stepS: number,
    patienceMs = Number.POSITIVE_INFINITY,
  ): Promise<CountedTallies> {
    const read = async (): Promise<CountedTallies> => {
      const all = await settles(this.catchUp(), patienceMs);
      const rows = this.#table.read(from, to, stepS);
      return { ...tallies(rows, from, to, stepS), counting: all ? null : this.counting };
    };
    try {
      return await read();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.#beginAnew();
      return read();
    }
  }

  /** Counts what the log has got since. Sees all that was written before the call. What goes wrong is a warning. */
  catchUp(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      this.#running = this.#catchUpNow();
      return this.#running;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await (this.#next ?? this.#running);
    this.#table.close();
  }

  async #catchUpNow(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      this.#warn(`the statistics are not up to date (${messageOf(error)})`);
      if (!isCorrupt(error)) return;
      this.#beginAnew();
      // Whoever asks next finds it complete.
      void this.catchUp();
    }
  }

  async #follow(): Promise<void> {
    // Before the files' sizes are known: another Toaster may count what is appended in between.
    const followed = this.#table.followed();
    const files = openLogFiles(this.#options.log);
    try {
      this.#fit(followed, files);
      const left = files.map((file) => file.size - this.#table.offset(file.id));
      this.#counting = { done: 0, of: left.reduce((sum, bytes) => sum + bytes, 0) };
      for (const file of files.toReversed()) await this.#count(file, this.#counting);
      if (!this.#closed) this.#table.sweep(this.#options.now());
    } finally {
      this.#counting = null;
      closeLogFiles(files);
    }
  }

  /** Begins anew when what was counted last is gone or has shrunk; older files go by and by as the log moves on. */
  #fit(followed: readonly Followed[], files: readonly LogFile[]): void {
    const sizes = new Map(files.map(({ id, size }) => [id, size]));
    const newest = followed.at(-1);
    const shrunk = followed.some(({ file, offset }) => (sizes.get(file) ?? offset) < offset);
    if (shrunk || (newest !== undefined && !sizes.has(newest.file))) this.#table.clear();
    else this.#table.forget(followed.map(({ file }) => file).filter((file) => !sizes.has(file)));
  }

  /** Counts the whole lines of a file that have not been counted. */
  async #count(file: LogFile, counting: Counting): Promise<void> {
    let from = this.#table.offset(file.id);
    let at = from;
    let batch: Batch = new Map();
    for (let more = at < file.size; more && !this.#closed; ) {
      const text = await wholeLines(file, at);
      more = text.bytes > 0;
      at += text.bytes;
      counting.done += text.bytes;
      this.#countLines(text.lines, batch);
      if (at === from || (more && batch.size < BATCH)) continue;
      // Another Toaster may count the same file.
      if (!this.#table.add(file.id, from, at, batch)) at = this.#table.offset(file.id);
      from = at;
      batch = new Map();
    }
  }

  #countLines(lines: string[], batch: Batch): void {
    const now = this.#options.now();
    for (const text of lines) {
      const line = parseLine(text);
      if (line === null || line.model === null) continue;
      // A stress test's answers helped nobody, and saved nothing.
      if (line.source === 'stress') continue;
      countIn(batch, line, line.model, now);
    }
  }

  #open(): RollUpTable {
    const { file } = this.#options;
    try {
      return openTable(file);
    } catch (error) {
      this.#warn(`${file} cannot be used (${messageOf(error)}); statistics are counted anew at each start`);
      return tableInMemory();
    }
  }

  #beginAnew(): void {
    this.#table.close();
    removeTable(this.#options.file);
    this.#table = this.#open();
  }
}

/** The whole lines from a place on, a block's worth; no bytes when there are none. */
async function wholeLines(file: LogFile, at: number): Promise<{ lines: string[]; bytes: number }> {
  for (let length = BLOCK; ; length *= 4) {
    const bytes = await readAt(file, at, Math.max(0, Math.min(length, file.size - at)));
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) return { lines: bytes.toString('utf8', 0, end).split('\n'), bytes: end };
    if (bytes.length < length) return { lines: [], bytes: 0 };
    if (length >= LONGEST_LINE) return { lines: [], bytes: bytes.length };
  }
}
