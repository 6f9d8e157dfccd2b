import type Database from 'better-sqlite3';
import type { Answer } from '../chat/answer.ts';
import type { Birth } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { isCorrupt, openDatabase, setAside } from './database.ts';

/** An answer with the facts of its birth. */
export interface StoredAnswer extends Answer {
  served: string;
  birth: Birth;
}

/** The prompt cache. Nothing in it throws: without it, answers are only slower. */
export interface AnswerStore {
  get(key: string): StoredAnswer | null;
  put(key: string, answer: StoredAnswer): void;
  /** Writes down what was used, deletes what has expired, then the oldest-used while there is too much. */
  sweep(): void;
  close(): void;
}

export interface CacheOptions {
  file: string;
  ttlS: number;
  maxBytes: number;
  /** Seconds since 1970. */
  now(): number;
  warn(message: string): void;
}

const SWEEP_EVERY_MS = 60_000;

/** Opens the cache; one that cannot be opened serves nothing, after one warning. */
export function openCache(options: CacheOptions): AnswerStore {
  const { file, warn } = options;
  let rows: Rows | null = null;
  let warned = false;
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      rows?.close();
      rows = null;
      if (isCorrupt(error)) rows = renew(options);
      else if (!warned)
        warn(`the prompt cache ${file} cannot be used (${messageOf(error)}); answers go on without it`);
      warned = true;
      return otherwise;
    }
  };
  attempt(() => {
    rows = new Rows(openDatabase(file, warn), options);
  }, undefined);
  const sweeping = setInterval(() => attempt(() => rows?.sweep(), undefined), SWEEP_EVERY_MS).unref();
  return {
    get: (key) => attempt(() => rows?.get(key) ?? null, null),
    put: (key, answer) => attempt(() => rows?.put(key, answer), undefined),
    sweep: () => attempt(() => rows?.sweep(), undefined),
    close() {
      clearInterval(sweeping);
      attempt(() => rows?.sweep(), undefined);
      rows?.close();
      rows = null;
    },
  };
}

/** A new database in place of one that broke while it was open; null when that cannot be had either. */
function renew(options: CacheOptions): Rows | null {
  const { file, warn } = options;
  try {
    setAside(file, warn);
    return new Rows(openDatabase(file, warn), options);
  } catch (error) {
    warn(`the prompt cache ${file} cannot be begun anew (${messageOf(error)}); answers go on without it`);
    return null;
  }
}

/** The table, with its statements prepared once. Throws SQLite's errors. */
class Rows {
  readonly #db: Database.Database;
  readonly #options: CacheOptions;
  readonly #get: Database.Statement<[string, number], { answer: string }>;
  readonly #put: Database.Statement<[string, string, string, number, number, number]>;
  readonly #use: Database.Statement<[number, string]>;
  readonly #expire: Database.Statement<[number]>;
  readonly #total: Database.Statement<[], { bytes: number | null }>;
  readonly #oldest: Database.Statement<[], { key: string; bytes: number }>;
  readonly #remove: Database.Statement<[string]>;
  /** Keys that were used since the last sweep: a hit must not wait for a write. */
  #used = new Map<string, number>();

  constructor(db: Database.Database, options: CacheOptions) {
    this.#db = db;
    this.#options = options;
    this.#get = db.prepare('SELECT answer FROM answers WHERE key = ? AND born > ?');
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO answers (key, model, answer, bytes, born, used) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#use = db.prepare('UPDATE answers SET used = ? WHERE key = ?');
    this.#expire = db.prepare('DELETE FROM answers WHERE born <= ?');
    this.#total = db.prepare('SELECT sum(bytes) AS bytes FROM answers');
    this.#oldest = db.prepare('SELECT key, bytes FROM answers ORDER BY used LIMIT 100');
    this.#remove = db.prepare('DELETE FROM answers WHERE key = ?');
  }

  get(key: string): StoredAnswer | null {
    const { now, ttlS } = this.#options;
    const row = this.#get.get(key, now() - ttlS);
    if (!row) return null;
    this.#used.set(key, now());
    return JSON.parse(row.answer);
  }

  put(key: string, answer: StoredAnswer): void {
    const text = JSON.stringify(answer);
    this.#put.run(key, answer.served, text, Buffer.byteLength(text), answer.birth.ts, answer.birth.ts);
  }

  sweep(): void {
    const { now, ttlS, maxBytes } = this.#options;
    this.#db.transaction(() => {
      for (const [key, at] of this.#used) this.#use.run(at, key);
      this.#used.clear();
      this.#expire.run(now() - ttlS);
      let excess = (this.#total.get()?.bytes ?? 0) - maxBytes;
      while (excess > 0) {
        const oldest = this.#oldest.all();
        if (oldest.length === 0) break;
        for (const { key, bytes } of oldest) {
          if (excess <= 0) break;
          this.#remove.run(key);
          excess -= bytes;
        }
      }
    })();
  }

  close(): void {
    this.#db.close();
  }
}
