import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isLoopback } from '../../config/remote.ts';
import { portHolder } from '../../port-holder.ts';

/** The process behind an address, and its environment; null where this user may not look. */
export interface OllamaServer {
  environment: ReadonlyMap<string, string> | null;
}

const run = promisify(execFile);

/** What the server at `url` was started with. Never throws: what cannot be seen is null. */
export async function readServer(
  url: string,
  platform: NodeJS.Platform,
  signal: AbortSignal,
  whoHas = portHolder,
): Promise<OllamaServer> {
  if (!isLoopback(url)) return { environment: null };
  const { port, protocol } = new URL(url);
  const holder = await whoHas(Number(port || (protocol === 'https:' ? 443 : 80)));
  if (!holder) return { environment: null };
  try {
    return { environment: await environmentOf(holder.pid, platform, signal) };
  } catch {
    // Another user's process, or one that has just ended: not seen is an answer, too.
    return { environment: null };
  }
}

async function environmentOf(
  pid: number,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  if (platform === 'linux') return parseEnviron((await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0'));
  const { stdout } = await run('/bin/ps', ['eww', '-o', 'command=', '-p', String(pid)], { signal });
  return parseEnviron(stdout.split(/\s+/));
}

/**
 * `NAME=value` words; what is none belongs to the value before, as `ps` does not quote spaces. Null when there are none of
 * those that every process has: then nothing was shown.
 */
export function parseEnviron(words: readonly string[]): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  let last: string | undefined;
  for (const word of words) {
    const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined) found.set(name, value);
    else if (last !== undefined && word !== '') found.set(last, `${found.get(last)} ${word}`);
    last = name ?? last;
  }
  return found.has('PATH') || found.has('HOME') ? found : null;
}
