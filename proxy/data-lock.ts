import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import * as z from 'zod';
import { messageOf } from './errors.ts';
import { isCorrupt } from './is-corrupt.ts';

const holder = z.object({ pid: z.int(), url: z.string().nullable() });
/** Who uses a data folder; `url` is null while it does not listen yet. */
export type DataHolder = z.output<typeof holder>;

/** Another Toaster uses the data folder. Two would overwrite each other's pins, and count everything twice. */
export class DataInUse extends Error {
  constructor(folder: string, by: DataHolder | null) {
    const who = by ? `process ${by.pid}${by.url === null ? '' : ` at ${by.url}`}` : 'another process';
    super(
      `a Toaster already uses ${folder} (${who}); use that one, or give this one a folder and a port of its own with ASK_DATA_DIR and ASK_PORT`,
    );
    this.name = 'DataInUse';
  }
}

export interface DataLock {
  /** Tells whoever comes second where this one is to be found. */
  listens(url: string): void;
  release(): void;
}

/**
 * Takes a data folder, and makes it if need be. The lock is SQLite's on an empty database: the system ends it together with
 * the process, however that ends, so none is ever left behind. Throws `DataInUse`. Where nothing can be written there is no
 * lock, for there is nothing to protect: a warning says so.
 */
export function lockData(folder: string, warn: (message: string) => void): DataLock {
  const file = join(folder, 'lock.db');
  const note = join(folder, 'serving.json');
  let db: Database;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    db = lock(file);
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw new DataInUse(folder, readHolder(note));
    warn(`${folder} cannot be written (${messageOf(error)}): answers are given, and nothing is kept`);
    return { listens: () => undefined, release: () => undefined };
  }
  const tell = (url: string | null): void => {
    const who: DataHolder = { pid: process.pid, url };
    try {
      writeFileSync(note, `${JSON.stringify(who)}\n`, { mode: 0o600 });
    } catch {
      // The lock holds all the same, and names nobody; of a full disk others warn.
    }
  };
  tell(null);
  return {
    listens: tell,
    release() {
      rmSync(note, { force: true });
      db.close();
    },
  };
}

function lock(file: string): Database {
  // Opened here only where it is missing: closing it again would end a lock that this process has on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const db = new BetterSqlite3(file, { timeout: 0 });
  try {
    // Nothing is ever written, so there is nothing to keep a journal of.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (!isCorrupt(error)) throw error;
    // Whoever had the lock would have been met first: this is nobody's.
    rmSync(file);
    return lock(file);
  }
}

function readHolder(note: string): DataHolder | null {
  try {
    return holder.parse(JSON.parse(readFileSync(note, 'utf8')));
  } catch {
    // It is only for a sentence, and that says "another process" then.
    return null;
  }
}
