import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Lists the licence of each package that runs at a person's, and fails on one that asks more than to be named. */

/** Whoever ships these has to keep their text, and nothing else. */
const FREE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** What is built into the page: tools to npm. */
const IN_THE_PAGE = ['@tanstack/react-virtual', 'react', 'react-dom', 'uplot'];
/** What is built into the app. */
const IN_THE_APP = ['electron-updater'];
/** What of theirs is not built in: js-yaml's command line alone uses it. */
const NOT_BUILT_IN = ['argparse'];
/** The app's own; the packages that it names only fetch it. */
const AROUND_THE_PAGE = 'node_modules/electron';

/** A package in package-lock.json, as far as it is looked at. */
interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  dependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, Locked>;
}

/** A package with the terms it comes under; null when it does not say. */
export interface Licensed {
  name: string;
  /** Its folder, from where package-lock.json is. */
  place: string;
  version: string;
  licence: string | null;
}

/** What runs at a person's, by name. */
export function licencesOf({ packages }: Lockfile): Licensed[] {
  const places = new Set(Object.keys(packages).filter((place) => place !== '' && !packages[place]?.dev));
  if (packages[AROUND_THE_PAGE]) places.add(AROUND_THE_PAGE);
  const visit = (name: string, from: string): void => {
    const place = placeOf(packages, name, from);
    if (place === undefined || places.has(place) || NOT_BUILT_IN.includes(name)) return;
    places.add(place);
    for (const next of Object.keys(packages[place]?.dependencies ?? {})) visit(next, place);
  };
  for (const name of [...IN_THE_PAGE, ...IN_THE_APP]) visit(name, '');
  return [...places].sort().map((place) => ({
    place,
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: packages[place]?.version ?? '?',
    licence: packages[place]?.license ?? null,
  }));
}

/** Where Node finds a package: beside the one that wants it, or further up. */
function placeOf(packages: Lockfile['packages'], name: string, from: string): string | undefined {
  for (let folder = from; ; ) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[place]) return place;
    if (folder === '') return undefined;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
}

/** Whether terms are free: of those joined by OR one is enough, of those by AND all must be. */
export function isFree(licence: string | null): boolean {
  if (licence === null) return false;
  const plain = licence.replaceAll(/[()]/g, ' ');
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => FREE.has(one.trim())));
}

/** The list, and those that are not free. */
export function report(lockfile: Lockfile): { text: string; unfree: Licensed[] } {
  const all = licencesOf(lockfile);
  const by = Map.groupBy(all, ({ licence }) => licence ?? 'none');
  const lines = [...by]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([licence, packages]) => [
      `${licence} (${packages.length})`,
      ...packages.map(({ name, version }) => `  ${name} ${version}`),
    ]);
  return { text: `${lines.join('\n')}\n`, unfree: all.filter(({ licence }) => !isFree(licence)) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const { text, unfree } = report(JSON.parse(readFileSync(file, 'utf8')));
  process.stdout.write(text);
  for (const { name, version, licence } of unfree)
    console.error(
      `${name} ${version} comes under ${licence ?? 'no licence'}: replace it, or add that to build/licences.ts.`,
    );
  if (unfree.length > 0) process.exitCode = 1;
}
