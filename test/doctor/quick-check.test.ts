import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { quickCheck } from '../../proxy/doctor/quick-check.ts';
import { never } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function aDatabase(): string {
  const file = join(tempFolder(), 'whole.db');
  const db = new BetterSqlite3(file);
  db.exec('CREATE TABLE t (x)');
  db.close();
  return file;
}

it('tells of each database apart how it is', async () => {
  const rubbish = join(tempFolder(), 'rubbish.db');
  writeFileSync(rubbish, 'this is no database'.repeat(500));
  const used = aDatabase();
  const other = new BetterSqlite3(used);
  other.exec('BEGIN EXCLUSIVE');
  expect(await quickCheck([aDatabase(), rubbish, '/nonexistent/a.db', used], never())).toEqual([
    { damage: null },
    { damage: expect.stringMatching(/not a database/) },
    { failed: expect.stringMatching(/directory does not exist/) },
    { failed: expect.stringMatching(/locked/) },
  ]);
  other.close();
});

it('ends when it is told to', async () => {
  const stop = new AbortController();
  const asked = quickCheck([aDatabase()], stop.signal);
  stop.abort();
  await expect(asked).rejects.toThrow('the databases were not looked through');
});
