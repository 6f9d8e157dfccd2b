import { openApiDocument } from '../../proxy/openapi/document.ts';
import { apiReference } from './api.ts';
import { configReference } from './config.ts';

/** What is written from the code, and where. */
export function references(): { name: string; url: URL; text: string }[] {
  const page = (name: string, text: string) => ({
    name,
    url: new URL(`../../${name}`, import.meta.url),
    text,
  });
  return [page('docs/api.md', apiReference(openApiDocument())), page('docs/config.md', configReference())];
}
