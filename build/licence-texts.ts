import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lockfile, licencesOf, report } from './licences.ts';

/** The list of what ships with its terms, and the text of each, which its terms want to be kept. */
export function licenceTexts(top: string): string {
  const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')) as Lockfile;
  const { text, unfree } = report(lock);
  const [first] = unfree;
  if (first) throw new Error(`${first.name} is not free to ship; \`npm run licences\` says more.`);
  const texts = licencesOf(lock).flatMap(({ name, version, place }) => {
    const files = licenceFiles(join(top, place));
    return files.map((file) => `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`);
  });
  return [text, ...new Set(texts)].join(`\n${'-'.repeat(80)}\n`);
}

/** Of a package for another machine, which is not installed here, there are none; the package has them. */
function licenceFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name))
    .map(({ name }) => join(folder, name));
}
