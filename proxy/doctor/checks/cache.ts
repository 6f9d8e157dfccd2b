import BetterSqlite3 from 'better-sqlite3';
import { messageOf } from '../../errors.ts';
import { isCorrupt } from '../../is-corrupt.ts';
import { statOrNull } from '../../telemetry/rotate.ts';
import { type Found, ok, quoted, unknown, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

/** SQLite looks through this much in half a second or so, and nobody else gets a turn meanwhile. */
const MOST_BYTES = 300e6;

/** Whether the databases are whole: of answers, of memory's history, of the log's sums. */
export const checkCache: Check = async ({ paths: { cache, history, stats } }) =>
  [cache, history, stats].flatMap(health);

function health(file: string): Found[] {
  const stats = statOrNull(file);
  if (stats === null) return [];
  const size = `${(stats.size / 1e6).toFixed(1)} MB`;
  if (stats.size > MOST_BYTES)
    return [
      unknown(
        `${file} is too large to be looked through (${size})`,
        `sqlite3 ${quoted(file)} 'PRAGMA quick_check'`,
      ),
    ];
  const damage = damageOf(file);
  if (damage === null) return [ok(`${file} is whole, ${size}`)];
  // The files beside it belong to the broken one.
  const mend = `mv ${quoted(file)} ${quoted(`${file}.broken`)} && rm -f ${quoted(`${file}-wal`)} ${quoted(`${file}-shm`)}`;
  return [wrong(`${file} is damaged (${damage}); stop Toaster, move it away, start it again`, mend)];
}

/** What SQLite complains about; null when all is well. Throws when it cannot look. */
function damageOf(file: string): string | null {
  let db: BetterSqlite3.Database | undefined;
  try {
    db = new BetterSqlite3(file, { readonly: true, timeout: 100 });
    const said: unknown = db.pragma('quick_check(1)', { simple: true });
    return said === 'ok' ? null : String(said).replaceAll('\n', ' ');
  } catch (error) {
    if (isCorrupt(error)) return messageOf(error);
    throw error;
  } finally {
    db?.close();
  }
}
