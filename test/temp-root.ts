import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for everything that a run of the tests writes, gone with its end, however many of them forget theirs. */
export function setup(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'toaster-tests-'));
  // Some tests run a program as somebody else.
  chmodSync(root, 0o755);
  process.env.TMPDIR = root;
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
