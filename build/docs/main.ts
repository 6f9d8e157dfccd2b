import { writeFileSync } from 'node:fs';
import { references } from './references.ts';

/** `npm run docs`: writes the references in docs/ anew. */
for (const { name, url, text } of references()) {
  writeFileSync(url, text);
  console.log(`wrote ${name}`);
}
