import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { TINY } from '../tiny-gguf/write-tiny-gguf.ts';
import { expectDemoted, pairUp } from './kit.ts';
import { fencedFor } from './page.ts';
import { run } from './run.ts';
import type { Client } from './versions.ts';

/** Programs in a page's words: they print the answer, and who it came from. */
const PROGRAMS: { client: Client; page: string; language: 'js' | 'python' }[] = [
  { client: 'openai-js', page: 'openai', language: 'js' },
  { client: 'openai-python', page: 'openai', language: 'python' },
  { client: 'langchain-js', page: 'langchain', language: 'js' },
  { client: 'langchain-python', page: 'langchain', language: 'python' },
  { client: 'vercel-ai-sdk', page: 'vercel-ai-sdk', language: 'js' },
];

it.for(PROGRAMS)('$client runs the program of its page', async ({ client, page, language }, ctx) => {
  const { folder, url, toaster, env } = await pairUp(ctx, client);
  // Beside its packages, where an import finds them.
  const file = join(folder, `page-${process.pid}.${language === 'js' ? 'mjs' : 'py'}`);
  writeFileSync(file, fencedFor(url, page, language));
  onTestFinished(() => rmSync(file, { force: true }));
  const command = language === 'js' ? process.execPath : join(folder, 'bin', 'python');
  const { code, stdout, stderr } = await run(command, [file], { cwd: folder, env });
  expect(stderr).toBe('');
  expect(stdout).toMatch(`${TINY.toast.join(' ')}\nserved by tiny`);
  expect(code).toBe(0);
  expectDemoted(toaster);
});
