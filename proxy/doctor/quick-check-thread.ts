import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import { messageOf } from '../errors.ts';
import { isCorrupt } from '../is-corrupt.ts';
import type { Health } from './quick-check.ts';

/** The thread of `quickCheck`: its data are the files, its one message is their health. */

const files: string[] = workerData;
parentPort?.postMessage(files.map(healthOf));

function healthOf(file: string): Health {
  let db: BetterSqlite3.Database | undefined;
  try {
    db = new BetterSqlite3(file, { readonly: true, timeout: 100 });
    const said: unknown = db.pragma('quick_check(1)', { simple: true });
    return { damage: said === 'ok' ? null : String(said).replaceAll('\n', ' ') };
  } catch (error) {
    return isCorrupt(error) ? { damage: messageOf(error) } : { failed: messageOf(error) };
  } finally {
    db?.close();
  }
}
