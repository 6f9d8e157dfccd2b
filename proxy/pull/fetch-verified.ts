import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file, and how its bytes are known to be right. */
export interface Wanted {
  /** Where it is to be. */
  target: string;
  bytes: number;
  sha256: string;
}

/** Puts the bytes into `part`, or adds what is missing of them. Throws when it cannot. */
export interface Way {
  name: string;
  fetch(part: string, signal: AbortSignal): Promise<void>;
}

/** `busy`: another process fetches it; `stopped`: by the signal, and the next try goes on from there. */
export type Fetched = { state: 'done' | 'busy' | 'stopped' } | { state: 'failed'; reasons: string[] };

/** Where the bytes wait until they are all there. */
export const partOf = (target: string): string => `${target}.part`;

/** How many bytes of it an earlier try has left. */
export const bytesThere = (target: string): number =>
  statSync(partOf(target), { throwIfNoEntry: false })?.size ?? 0;

/** Fetches a file, one way after the other. It gets its name only when every byte is there and its sha256 is right. */
export async function fetchVerified(
  wanted: Wanted,
  ways: readonly Way[],
  signal: AbortSignal,
): Promise<Fetched> {
  const { target } = wanted;
  if (existsSync(target)) return { state: 'done' };
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const unlock = await lock(`${target}.lock`);
  if (!unlock) return { state: 'busy' };
  try {
    return await tryWays(wanted, ways, signal);
  } finally {
    unlock();
  }
}

async function tryWays(wanted: Wanted, ways: readonly Way[], signal: AbortSignal): Promise<Fetched> {
  const part = partOf(wanted.target);
  const reasons: string[] = [];
  // All of it may be there, when whoever fetched it ended before it was looked through.
  if (bytesThere(wanted.target) === wanted.bytes && (await takeIfRight(part, wanted)))
    return { state: 'done' };
  for (const { name, fetch } of ways) {
    try {
      await fetch(part, signal);
      if (await takeIfRight(part, wanted)) return { state: 'done' };
      reasons.push(`${name}: the bytes were wrong and were removed`);
    } catch (error) {
      reasons.push(`${name}: ${reasonOf(error)}`);
      if (signal.aborted) return { state: 'stopped' };
    }
  }
  return { state: 'failed', reasons };
}

/** Gives the part its name when its bytes are right, else removes it. */
async function takeIfRight(part: string, wanted: Wanted): Promise<boolean> {
  const right = await isRight(part, wanted);
  if (right) renameSync(part, wanted.target);
  else rmSync(part);
  return right;
}

/** `fetch` hides what happened in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function isRight(file: string, { bytes, sha256 }: Wanted): Promise<boolean> {
  if (statSync(file).size !== bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

/** One process at a time. A lock whose process has died counts for nothing. Null when another holds it. */
async function lock(file: string): Promise<(() => void) | null> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const pid = Number(
        await open(file).then(async (handle) => handle.readFile('utf8').finally(() => handle.close())),
      );
      if (pid > 0 && isAlive(pid)) return null;
      rmSync(file, { force: true });
    }
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
