import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A fenced block of that language on a page in docs/clients/, the first unless told, as it stands there. Throws when there is none. */
export function fenced(page: string, language: string, nth = 0): string {
  const text = readFileSync(new URL(`../../docs/clients/${page}.md`, import.meta.url), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  const block = [...blocks][nth]?.[1];
  if (block === undefined) throw new Error(`docs/clients/${page}.md has no such block of ${language}`);
  return block;
}

/** The same for a Toaster elsewhere: only its address is another. Throws when the block names none. */
export function fencedFor(url: string, page: string, language: string, nth = 0): string {
  const block = fenced(page, language, nth);
  const there = block.replaceAll('http://127.0.0.1:11436', url);
  if (there === block) throw new Error(`docs/clients/${page}.md names no address in its ${language}`);
  return there;
}

/** Puts a file where a client looks for it in its home. */
export function place(home: string, path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}
