import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, parseDocument } from 'yaml';
import { parseConfig } from './load.ts';

/** A change of one entry: the keys from the top, two at most, and what is to stand there; null takes it away. */
export interface ConfigChange {
  path: [string] | [string, string];
  value: unknown;
}

/**
 * Writes changes into a config file; comments and order stay. The file is whole at every moment, and one that cannot be
 * used, before or after, is left as it is: `ConfigError`. Also throws what the file system says.
 */
export function editConfig(file: string, changes: readonly ConfigChange[]): void {
  const target = targetOf(file);
  const text = textOf(target);
  parseConfig(text, file);
  const document = parseDocument(text);
  for (const change of changes) apply(document, change);
  const edited = document.toString({ lineWidth: 0 });
  parseConfig(edited, file);
  replace(target, edited);
}

function apply(document: Document, { path: [top, key], value }: ConfigChange): void {
  if (key === undefined) {
    if (value === null) document.delete(top);
    else document.set(top, document.createNode(value, { flow: true }));
  } else if (isMap(document.get(top, true))) {
    document.setIn([top, key], value);
  } else {
    // Not there, or empty, or an alias: the alias would be changed at its other places, too.
    const now: unknown = document.toJS()?.[top];
    const entries = typeof now === 'object' ? now : null;
    document.set(top, document.createNode({ ...entries, [key]: value }, { flow: true }));
  }
}

/** The file behind a link, so that the link stays one. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    return resolve(dirname(file), readlinkSync(file));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return file;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    return '';
  }
}

function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600;
  const fresh = `${file}.${process.pid}.new`;
  try {
    const fd = openSync(fresh, 'w', mode & 0o777);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
