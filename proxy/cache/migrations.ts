import type { Database } from 'better-sqlite3';

/** Append only: a database remembers in `user_version` how many of these it has been through. */
const MIGRATIONS: readonly ((db: Database) => void)[] = [createAnswers];

/** `answer` comes last because a long value spills onto further pages, and what is behind it is slow to reach. */
function createAnswers(db: Database): void {
  db.exec(`
    CREATE TABLE answers (
      key TEXT PRIMARY KEY,
      model TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      created REAL NOT NULL,
      last_used REAL NOT NULL,
      answer TEXT NOT NULL
    );
    CREATE INDEX answers_created ON answers (created);
    CREATE INDEX answers_last_used ON answers (last_used, bytes);
  `);
}

/** Brings a database up to date. Throws when a newer Toaster has written it. */
export function migrate(db: Database): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  const steps = db.transaction(() => {
    const version = versionOf(db);
    if (version > MIGRATIONS.length) throw new Error('a newer Toaster has written it');
    for (const step of MIGRATIONS.slice(version)) step(db);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  // The version is read again under the write lock: two processes may begin on the same new file.
  steps.immediate();
}

function versionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
