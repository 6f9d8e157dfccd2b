import BetterSqlite3 from 'better-sqlite3';

/** Whether an error says that a database's content is damaged, or was never one. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}
