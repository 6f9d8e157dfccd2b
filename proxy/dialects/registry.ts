import { anthropic } from './anthropic/dialect.ts';
import { completions } from './completions/dialect.ts';
import type { Dialect } from './dialect.ts';
import { embeddings } from './embeddings/dialect.ts';
import { openai } from './openai/dialect.ts';
import { responses } from './responses/dialect.ts';

/** Which API is spoken at which path. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  '/v1/chat/completions': openai,
  '/v1/completions': completions,
  '/v1/embeddings': embeddings,
  '/v1/responses': responses,
  '/v1/messages': anthropic,
};

/** The dialect of a request's address, as lenient about its spelling as Express is. */
export function dialectAt(url: string): Dialect | undefined {
  if (!url.startsWith('/v1/')) return undefined;
  if (Object.hasOwn(DIALECTS, url)) return DIALECTS[url];
  const path = url.replace(/\/?(\?.*)?$/, '').toLowerCase();
  return Object.hasOwn(DIALECTS, path) ? DIALECTS[path] : undefined;
}

/** The paths of all dialects, each asked by POST. */
export const dialectPaths = (): string[] => Object.keys(DIALECTS);
