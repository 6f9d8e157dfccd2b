import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ok, quoted, warn } from '../finding.ts';
import type { Check } from '../tools.ts';

/** Where a shell looks, though an app that was started from the Finder does not know it. */
const USUAL = ['/usr/local/bin', '/opt/homebrew/bin', join(homedir(), '.local', 'bin')];
/** Of the sources, or beside the bundles in dist/; the app has it elsewhere, and installs it itself. */
const SHIMS = ['../../../cli/ask', '../cli/ask'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Whether a shell finds `ask`, and this one. */
export const checkPath: Check = async ({ env }) => {
  const folders = [...(env.PATH ?? '').split(delimiter), ...USUAL].filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, 'ask')).find((file) => existsSync(file));
  const shim = SHIMS.find((file) => existsSync(file));
  const mend = shim === undefined ? null : `sudo ln -sf ${quoted(shim)} /usr/local/bin/ask`;
  const elsewhere = mend === null ? "; the app's settings install it" : '';
  if (found === undefined) return [warn(`no ask in PATH${elsewhere}`, mend)];
  if (readFileSync(found, 'utf8').slice(0, 2000).includes('Toaster')) return [ok(`ask is ${found}`)];
  return [warn(`${found} is another program's ask${elsewhere}`, mend)];
};
