import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A config file to begin with: the example with every line commented out, so that it changes nothing until somebody
 * wants it to. One that is there stays.
 */
export function ensureConfig(file: string, example: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, commented(example), { flag: 'wx', mode: 0o600 });
}

/** Every line that says something as a comment; those that are one already stay. */
export function commented(yaml: string): string {
  return yaml.replaceAll(/^(?!#)(.*\S.*)$/gm, '# $1');
}
