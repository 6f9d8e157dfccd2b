import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

/** `latest-mac.yml`, which the app looks for: electron-builder writes one for each chip. */
interface Feed {
  version: string;
  files: { url: string; sha512: string; size?: number }[];
  path: string;
  sha512: string;
}

/**
 * One feed for several chips: the updater picks the file whose name has its chip. Throws when they are of different
 * versions.
 */
export function mergeFeeds(texts: readonly string[]): string {
  const feeds = texts.map((text) => parse(text) as Feed);
  const [first] = feeds;
  if (!first) throw new Error('There is no feed to merge.');
  const other = feeds.find(({ version }) => version !== first.version);
  if (other) throw new Error(`The feeds are of ${first.version} and ${other.version}; build both anew.`);
  return stringify({ ...first, files: feeds.flatMap(({ files }) => files) });
}

/** `node build/release/merge-feed.ts OUT IN...` */
if (import.meta.main) {
  const [out = '', ...files] = process.argv.slice(2);
  writeFileSync(out, mergeFeeds(files.map((file) => readFileSync(file, 'utf8'))));
}
