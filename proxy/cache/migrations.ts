import type Database from 'better-sqlite3';

/** Steps from one version of the database to the next. Only ever added to; `user_version` counts those done. */
const MIGRATIONS: ((db: Database.Database) => void)[] = [
  (db) =>
    db.exec(`
      CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        model TEXT NOT NULL,
        answer TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        born REAL NOT NULL,
        used REAL NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX answers_by_used ON answers (used);
      CREATE INDEX answers_by_born ON answers (born);
    `),
];

/** Brings a database to the newest version. */
export function migrate(db: Database.Database): void {
  const done = Number(db.pragma('user_version', { simple: true }));
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < done) continue;
    db.transaction(() => {
      step(db);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
