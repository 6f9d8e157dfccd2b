import { messageOf } from '../errors.ts';
import { isCorrupt } from '../is-corrupt.ts';
import { moveAside } from '../move-aside.ts';
import { warnRarely } from '../telemetry/warn-rarely.ts';
import { type AnswerTable, type CacheStats, openTable } from './database.ts';
import { parseAnswer, type StoredAnswer } from './stored-answer.ts';

/** Background work waits this long (ms) and then does everything that has gathered. */
const UPKEEP_MS = 5_000;
/** Rows that one turn of the background work deletes (some 3 ms), so that no request waits long behind it. */
const SWEEP_ROWS = 50;
/** Seconds until a database that could not be opened is tried again. */
const RETRY_S = 60;

export interface CacheOptions {
  file: string;
  /** Seconds that an answer may be reused; Infinity for ever. */
  ttlS: number;
  /** The answers' size above which the oldest-used go. */
  maxBytes: number;
  /** Seconds since 1970. */
  now(): number;
  warn(message: string): void;
}

/** Stored answers by key. No method throws: a cache that does not work is an empty one. */
export interface AnswerStore {
  get(key: string): StoredAnswer | null;
  put(key: string, answer: StoredAnswer): void;
  /** Deletes what is expired, then the oldest-used above the size limit. Also happens by itself in the background. */
  sweep(): void;
  stats(): CacheStats;
  clear(): void;
  /** Does the background work that is due, and closes the file. */
  close(): void;
}

/** Opens the prompt cache. Whatever is wrong with the file is one warning, and answers are not cached. */
export function openCache(options: CacheOptions): AnswerStore {
  return new Cache(options);
}

class Cache implements AnswerStore {
  readonly #options: CacheOptions;
  readonly #warnDamaged: (message: string) => void;
  readonly #warnUnusable: (message: string) => void;
  readonly #uses = new Map<string, number>();
  #table: AnswerTable | null = null;
  #tryAgainAt = Number.NEGATIVE_INFINITY;
  #upkeep: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#warnDamaged = warnRarely(options.warn, options.now);
    this.#warnUnusable = warnRarely(options.warn, options.now);
    this.#open();
    this.#planUpkeep(UPKEEP_MS);
  }

  get(key: string): StoredAnswer | null {
    return this.#with(null, (table) => {
      const json = table.get(key, this.#expiry());
      if (json === null) return null;
      const answer = parseAnswer(json);
      if (answer === null) table.forget(key);
      else this.#uses.set(key, this.#options.now());
      this.#planUpkeep(UPKEEP_MS);
      return answer;
    });
  }

  put(key: string, answer: StoredAnswer): void {
    const json = JSON.stringify(answer);
    const bytes = Buffer.byteLength(json);
    // It would push out everything else, and then itself.
    if (bytes > this.#options.maxBytes) return;
    this.#with(undefined, (table) => {
      table.put({ key, model: answer.served, bytes, created: answer.birth.ts, answer: json });
      this.#planUpkeep(UPKEEP_MS);
    });
  }

  sweep(): void {
    this.#flushUses();
    this.#with(undefined, (table) => {
      while (!this.#sweepSome(table, SWEEP_ROWS * 200));
    });
  }

  stats(): CacheStats {
    return this.#with({ rows: 0, bytes: 0 }, (table) => table.stats());
  }

  clear(): void {
    this.#uses.clear();
    this.#with(undefined, (table) => table.clear());
  }

  close(): void {
    if (this.#upkeep) clearTimeout(this.#upkeep);
    this.#closed = true;
    this.#flushUses();
    this.#with(undefined, (table) => table.close());
    this.#table = null;
  }

  #expiry(): number {
    return this.#options.now() - this.#options.ttlS;
  }

  #sweepSome(table: AnswerTable, rows: number): boolean {
    return table.sweep(this.#expiry(), this.#options.maxBytes, rows);
  }

  #planUpkeep(ms: number): void {
    if (this.#upkeep || this.#closed) return;
    this.#upkeep = setTimeout(() => {
      this.#upkeep = null;
      this.#flushUses();
      const done = this.#with(true, (table) => this.#sweepSome(table, SWEEP_ROWS));
      if (!done) this.#planUpkeep(0);
    }, ms);
    this.#upkeep.unref();
  }

  #flushUses(): void {
    if (this.#uses.size === 0) return;
    this.#with(undefined, (table) => table.touch(this.#uses));
    this.#uses.clear();
  }

  /** What `work` returns; `otherwise` when the database is of no use. */
  #with<T>(otherwise: T, work: (table: AnswerTable) => T): T {
    if (!this.#table) this.#open();
    if (!this.#table) return otherwise;
    try {
      return work(this.#table);
    } catch (error) {
      this.#onTrouble(error);
      return otherwise;
    }
  }

  #open(): void {
    if (this.#closed || this.#options.now() < this.#tryAgainAt) return;
    this.#tryAgainAt = this.#options.now() + RETRY_S;
    try {
      this.#table = openTable(this.#options.file);
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  #onTrouble(error: unknown): void {
    if (isCorrupt(error)) this.#beginAnew();
    else
      this.#warnUnusable(
        `The prompt cache ${this.#options.file} is not usable (${messageOf(error)}); answers are not cached.`,
      );
  }

  #beginAnew(): void {
    const { file, now } = this.#options;
    try {
      const damaged = this.#table;
      this.#table = null;
      damaged?.close();
      const aside = moveAside(file, now());
      this.#table = openTable(file);
      this.#warnDamaged(`The prompt cache was damaged. It is now ${aside}, and a new one is in use.`);
    } catch (error) {
      this.#warnUnusable(
        `The prompt cache ${file} is damaged and could not be replaced (${messageOf(error)}); delete it.`,
      );
    }
  }
}
