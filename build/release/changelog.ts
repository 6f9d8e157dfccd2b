/** The lines of CHANGELOG.md on a version, without its heading. Throws when there are none: a release says what is new. */
export function changesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split('\n', 1)[0]?.split(' ')[0] === version);
  const lines = section?.split('\n').slice(1).join('\n').trim();
  if (!lines)
    throw new Error(`CHANGELOG.md says nothing of ${version}: add "## ${version}" and what is new.`);
  return `${lines}\n`;
}
