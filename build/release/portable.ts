import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES } from '../pack/targets.ts';

/**
 * An archive with the staged package and the engine of this machine, for where there is no npm and no registry: unpack it,
 * and run cli/toaster. Its path, or a sentence that says why not.
 */
export function portable(
  top: string,
  staged: string,
  into: string,
  version: string,
): string | { why: string } {
  const machine = `${process.platform}-${process.arch}`;
  const engine = (ENGINES as Record<string, string | undefined>)[machine];
  if (engine === undefined) return { why: `there is no engine for ${machine}` };
  const from = join(top, 'node_modules', engine);
  if (!existsSync(from)) return { why: `${engine} is not installed` };
  const name = `toaster-${version}-${machine}`;
  const folder = join(staged, '..', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(staged, folder, { recursive: true });
  cpSync(from, join(folder, 'node_modules', engine), { recursive: true });
  return archive(folder, join(into, `${name}.tar.gz`));
}

/** Packs a folder, under its own name, into an archive; its path. */
export function archive(folder: string, file: string): string {
  execFileSync('tar', ['-czf', file, '-C', join(folder, '..'), folder.slice(folder.lastIndexOf('/') + 1)]);
  return file;
}
