import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { migrate } from './migrations.ts';

/** Opens the database; one that is no database any more is moved aside and a new one begun. Throws when that fails. */
export function openDatabase(file: string, warn: (message: string) => void): Database.Database {
  mkdirSync(dirname(file), { recursive: true });
  try {
    return openExisting(file);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    setAside(file, warn);
    return openExisting(file);
  }
}

function openExisting(file: string): Database.Database {
  const db = new Database(file, { timeout: 1000 });
  try {
    db.pragma('journal_mode = WAL');
    // A cache may lose its last answers when the power goes; it must not wait for the disk on each one.
    db.pragma('synchronous = NORMAL');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Moves a broken database to `.corrupt`, in the place of an older broken one. */
export function setAside(file: string, warn: (message: string) => void): void {
  renameSync(file, `${file}.corrupt`);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  warn(`the prompt cache was broken; it is kept as ${file}.corrupt and a new one begun`);
}

/** Whether an error means that the file itself is broken. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}
