import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import { migrate } from './migrations.ts';

/** Writers wait for each other this long (ms), and block the event loop meanwhile; a lost row is the lesser evil. */
const BUSY_MS = 100;

export interface CacheStats {
  rows: number;
  /** The answers' size as JSON; the file is somewhat larger. */
  bytes: number;
}

interface Row {
  key: string;
  model: string;
  bytes: number;
  created: number;
  answer: string;
}

/** The table of answers. Every method may throw an SqliteError. Times are seconds since 1970. */
export class AnswerTable {
  readonly #db: Database;
  readonly #get: Statement<[string, number], { answer: string }>;
  readonly #put: Statement<[Row]>;
  readonly #touch: Statement<[number, string]>;
  readonly #forget: Statement<[string]>;
  readonly #expire: Statement<[number, number]>;
  readonly #stats: Statement<[], CacheStats>;
  readonly #oldest: Statement<[number], { rowid: number; bytes: number }>;
  readonly #evict: Statement<[number]>;

  constructor(db: Database) {
    this.#db = db;
    this.#get = db.prepare('SELECT answer FROM answers WHERE key = ? AND created > ?');
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO answers (key, model, bytes, created, last_used, answer) VALUES (@key, @model, @bytes, @created, @created, @answer)',
    );
    this.#touch = db.prepare('UPDATE answers SET last_used = ? WHERE key = ?');
    this.#forget = db.prepare('DELETE FROM answers WHERE key = ?');
    this.#expire = db.prepare(
      'DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers WHERE created <= ? LIMIT ?)',
    );
    this.#stats = db.prepare('SELECT count(*) AS rows, ifnull(sum(bytes), 0) AS bytes FROM answers');
    this.#oldest = db.prepare('SELECT rowid, bytes FROM answers ORDER BY last_used LIMIT ?');
    this.#evict = db.prepare('DELETE FROM answers WHERE rowid = ?');
  }

  /** The answer's JSON, if it was created after `bornAfter`. */
  get(key: string, bornAfter: number): string | null {
    return this.#get.get(key, bornAfter)?.answer ?? null;
  }

  put(row: Row): void {
    this.#put.run(row);
  }

  forget(key: string): void {
    this.#forget.run(key);
  }

  /** Notes when rows were last used, in one transaction. */
  touch(uses: ReadonlyMap<string, number>): void {
    this.#db.transaction(() => {
      for (const [key, at] of uses) this.#touch.run(at, key);
    })();
  }

  /** Deletes at most `limit` rows: expired ones, then the oldest-used while there are over `maxBytes`. True when done. */
  sweep(bornBefore: number, maxBytes: number, limit: number): boolean {
    const expired = this.#expire.run(bornBefore, limit).changes;
    const excess = this.stats().bytes - maxBytes;
    return expired < limit && (excess <= 0 || this.#evictSome(excess, limit));
  }

  #evictSome(excess: number, limit: number): boolean {
    const oldest = this.#oldest.all(limit);
    let left = excess;
    this.#db.transaction(() => {
      for (const { rowid, bytes } of oldest) {
        if (left <= 0) break;
        this.#evict.run(rowid);
        left -= bytes;
      }
    })();
    return left <= 0 || oldest.length < limit;
  }

  stats(): CacheStats {
    return this.#stats.get() ?? { rows: 0, bytes: 0 };
  }

  /** Deletes everything, and gives the space back to the disk. */
  clear(): void {
    this.#db.exec('DELETE FROM answers; VACUUM;');
  }

  close(): void {
    this.#db.close();
  }
}

/** Opens the database, or begins it together with its folder. Throws what the file system or SQLite says. */
export function openTable(file: string): AnswerTable {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Answers are nobody else's business; SQLite gives its side files the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const db = new BetterSqlite3(file, { timeout: BUSY_MS });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    migrate(db);
    return new AnswerTable(db);
  } catch (error) {
    db.close();
    throw error;
  }
}
