import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sha256 } from './sums.ts';

const templates = join(import.meta.dirname, 'templates');

export interface Release {
  version: string;
  /** A project's page; Homebrew's own collection demands one. */
  homepage: string | undefined;
  /** The folder of the files, and the address under which they will be. */
  folder: string;
  url: string;
}

/** Writes the formula of the headless program; its path. */
export function writeFormula(release: Release, tarball: string): string {
  return write(release, 'toaster.rb', { url: urlOf(release, tarball), sha256: sha256(tarball) });
}

/** Writes the cask of the app; its path, or a sentence that says why not. */
export function writeCask(release: Release): { file: string } | { why: string } {
  const dmg = (arch: string): string => join(release.folder, `Toaster-${release.version}-${arch}.dmg`);
  const missing = ['arm64', 'x64'].map(dmg).filter((file) => !existsSync(file));
  if (missing.length > 0)
    return { why: `there is no ${missing.map((file) => basename(file)).join(' and no ')} here` };
  const file = write(release, 'toaster-app.rb', {
    url: urlOf(release, dmg('#{arch}')).replaceAll(release.version, '#{version}'),
    sha256_arm64: sha256(dmg('arm64')),
    sha256_x64: sha256(dmg('x64')),
  });
  return { file };
}

function urlOf({ url }: Release, file: string): string {
  return `${url.replace(/\/$/, '')}/${basename(file)}`;
}

function write(release: Release, name: string, values: Record<string, string>): string {
  const { version, homepage, folder } = release;
  const text = fill(readFileSync(join(templates, name), 'utf8'), {
    version,
    homepage: homepage === undefined ? '' : `\n  homepage "${homepage}"`,
    ...values,
  });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Puts values in place of `{{name}}`. Throws on a name without a value. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`A template wants {{${name}}}, and nobody knows it.`);
    return value;
  });
}
