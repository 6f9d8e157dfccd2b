import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import type { LogLine } from '../contract.ts';
import { isCorrupt } from '../is-corrupt.ts';
import { addSums, countLine, noSums, type Sums } from './sums.ts';

/** What the table is made of; another number means that it is built anew. */
const VERSION = 4;
const BUSY_MS = 100;
const DAY_S = 24 * 3600;
/**
 * The steps in which it is summed up, and for how long each is kept, in seconds, the longest first. Longer spans are read
 * in longer steps, so that each takes milliseconds; and nobody looks at the minutes of yesterday, which would be most rows.
 */
const STEPS = [
  { step: 3600, keep: 35 * DAY_S },
  { step: 900, keep: 2 * DAY_S },
  { step: 60, keep: DAY_S },
];
/** Old rows go a few at a time, so that a long absence does not end in a long pause. */
const SWEEP_ROWS = 500;
/** Pages of the database that are written together: few, so that the disk never keeps others waiting for long. */
const CHECKPOINT_PAGES = 100;

/** How much of a file of the log has been counted. */
export interface Followed {
  file: string;
  offset: number;
}

/** Sums by a step's length, its beginning (seconds since 1970) and the model. */
export type Batch = Map<string, { step: number; ts: number; model: string; sums: Sums }>;

/** Counts a line into the sums of each step to which it belongs; into none when it is too old. `now`: seconds since 1970. */
export function countIn(batch: Batch, line: LogLine, model: string, now: number): void {
  for (const { step, keep } of STEPS) {
    if (line.ts < now - keep) continue;
    const ts = Math.floor(line.ts / step) * step;
    const key = `${step} ${ts} ${model}`;
    let entry = batch.get(key);
    if (!entry) {
      entry = { step, ts, model, sums: noSums() };
      batch.set(key, entry);
    }
    countLine(entry.sums, line);
  }
}

interface Row {
  ts: number;
  model: string;
  sums: string;
}

/** The roll-ups, and how far they follow which files. Every method may throw an SqliteError. */
export class RollUpTable {
  readonly #db: Database;
  readonly #offset: Statement<[string], number>;
  readonly #follow: Statement<[string, number]>;
  readonly #get: Statement<[number, number, string], string>;
  readonly #put: Statement<[number, number, string, string]>;

  constructor(db: Database) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS rollups (step, ts, model, sums TEXT, PRIMARY KEY (step, ts, model)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS followed (file TEXT PRIMARY KEY, "offset" INTEGER);
    `);
    db.pragma(`user_version = ${VERSION}`);
    this.#offset = db.prepare<[string], number>('SELECT "offset" FROM followed WHERE file = ?').pluck();
    this.#follow = db.prepare(
      'INSERT INTO followed VALUES (?, ?) ON CONFLICT DO UPDATE SET "offset" = excluded."offset"',
    );
    this.#get = db
      .prepare<[number, number, string], string>(
        'SELECT sums FROM rollups WHERE step = ? AND ts = ? AND model = ?',
      )
      .pluck();
    this.#put = db.prepare('INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?)');
  }

  /** The files of the log that have been counted, the newest last. */
  followed(): Followed[] {
    return this.#db.prepare<[], Followed>('SELECT file, "offset" FROM followed ORDER BY rowid').all();
  }

  /** How far a file has been counted. */
  offset(file: string): number {
    return this.#offset.get(file) ?? 0;
  }

  /**
   * Takes in what was counted between two places of a file; false, and nothing is taken in, when another process has
   * counted that meanwhile.
   */
  add(file: string, from: number, to: number, batch: Batch): boolean {
    const take = this.#db.transaction(() => {
      if (this.offset(file) !== from) return false;
      this.#follow.run(file, to);
      for (const { step, ts, model, sums } of batch.values()) {
        const old = this.#get.get(step, ts, model);
        if (old !== undefined) addSums(sums, JSON.parse(old));
        this.#put.run(step, ts, model, JSON.stringify(sums));
      }
      return true;
    });
    return take.immediate();
  }

  /** Forgets files that are gone. */
  forget(files: readonly string[]): void {
    const gone = this.#db.prepare('DELETE FROM followed WHERE file = ?');
    for (const file of files) gone.run(file);
  }

  clear(): void {
    this.#db.exec('BEGIN IMMEDIATE; DELETE FROM rollups; DELETE FROM followed; COMMIT');
  }

  /** Some of what is no longer kept goes. `now`: seconds since 1970. */
  sweep(now: number): void {
    const sweep = this.#db.prepare(
      `DELETE FROM rollups WHERE step = @step AND (ts, model) IN
         (SELECT ts, model FROM rollups WHERE step = @step AND ts < @before LIMIT ${SWEEP_ROWS})`,
    );
    for (const { step, keep } of STEPS) sweep.run({ step, before: now - keep });
  }

  /**
   * Sums by time and model from `from` up to, but without, `to`, in the longest steps that fit into `stepS`. Whole
   * hours go back 35 days, shorter steps a day or two.
   */
  read(from: number, to: number, stepS: number): { ts: number; model: string; sums: Sums }[] {
    const step = STEPS.find((one) => [stepS, from, to].every((time) => time % one.step === 0))?.step ?? 60;
    const rows = this.#db.prepare<[number, number, number], Row>(
      'SELECT ts, model, sums FROM rollups WHERE step = ? AND ts >= ? AND ts < ?',
    );
    return rows.all(step, from, to).map(({ ts, model, sums }) => ({ ts, model, sums: JSON.parse(sums) }));
  }

  close(): void {
    this.#db.close();
  }
}

/** Opens the table; one that is damaged, or of another version, begins anew. Throws what else keeps it from being used. */
export function openTable(file: string): RollUpTable {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const table = openAsItIs(file);
    if (table !== null) return table;
  } catch (error) {
    if (!isCorrupt(error)) throw error;
  }
  removeTable(file);
  return openAsItIs(file) ?? tableInMemory();
}

/** Null when it is of another version. */
function openAsItIs(file: string): RollUpTable | null {
  closeSync(openSync(file, 'a', 0o600));
  const db = new BetterSqlite3(file, { timeout: BUSY_MS });
  try {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version === VERSION || version === 0) {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = NORMAL');
      db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      return new RollUpTable(db);
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return null;
}

/** Takes the table off the disk: all that is in it can be counted again. */
export function removeTable(file: string): void {
  for (const side of ['', '-wal', '-shm']) rmSync(file + side, { force: true });
}

/** One that lasts as long as the process. */
export const tableInMemory = (): RollUpTable => new RollUpTable(new BetterSqlite3(':memory:'));
