import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lockfile, licencesOf } from '../licences.ts';

/** A CycloneDX bill of materials, as far as it is looked at. */
export interface Sbom {
  bomFormat: string;
  metadata: { component: { 'bom-ref': string; name: string; type: string } };
  components: { 'bom-ref': string; name: string; version: string; purl: string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/**
 * What ships, out of package-lock.json, as npm writes it. To npm the page and the app are made of tools (`dev`), so its
 * `--omit dev` would leave out React; what ships is what `npm run licences` lists.
 */
export function sbomOf(top: string): Sbom {
  const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: top,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
  const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')) as Lockfile;
  return shippedOf(JSON.parse(text) as Sbom, lock);
}

/** The part of a bill that ships. */
export function shippedOf(all: Sbom, lock: Lockfile): Sbom {
  const shipped = new Set(licencesOf(lock).map(({ name, version }) => `${name}@${version}`));
  const components = all.components.filter(
    // An override that keeps a package away puts an empty one in its place.
    ({ name, version, purl }) => shipped.has(`${name}@${version}`) && !purl.includes('/empty-npm-package@'),
  );
  const own = all.metadata.component;
  const refs = new Set([own['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  return {
    ...all,
    metadata: { ...all.metadata, component: { ...own, name: 'toaster', type: 'application' } },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((to) => refs.has(to)) })),
  };
}
