import { closeSync, openSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';

/** A rotation takes microseconds: a lock this old (ms) was left by a process that died. */
const STALE_LOCK_MS = 10_000;

/** The file's facts; null when it does not exist. Throws what else the file system says. */
export function statOrNull(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

/**
 * Renames FILE to FILE.1, FILE.1 to FILE.2 and so on; the one behind FILE.`keep` is lost. Several processes may try at
 * once: one wins, and it renames only while FILE is still the file `isOurs` knows. The others go on in the old file.
 * Throws what the file system says.
 */
export function rotate(file: string, keep: number, isOurs: (stats: Stats) => boolean): void {
  const lock = `${file}.lock`;
  if (!takeLock(lock)) return;
  try {
    const stats = statOrNull(file);
    if (!stats || !isOurs(stats)) return;
    for (let n = keep; n >= 1; n--) renameIfThere(n === 1 ? file : `${file}.${n - 1}`, `${file}.${n}`);
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const held = statOrNull(lock);
    if (held && Date.now() - held.mtimeMs > STALE_LOCK_MS) rmSync(lock, { force: true });
    return false;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
