import { realpathSync } from 'node:fs';

/**
 * The same file by a name that outlives an upgrade: Homebrew keeps each version in a folder of its own
 * (`Cellar/node/24.1.0`), and a link to the one in use (`opt/node`).
 */
export function stablePath(path: string): string {
  const found = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/(.*)$/.exec(path);
  if (!found) return path;
  const [, prefix, formula, rest] = found;
  const stable = `${prefix}/opt/${formula}/${rest}`;
  try {
    return realpathSync(stable) === realpathSync(path) ? stable : path;
  } catch {
    // No such link: the path is what there is.
    return path;
  }
}
