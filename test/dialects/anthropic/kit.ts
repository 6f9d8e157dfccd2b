import { readFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startToaster, type TestToaster } from '../../helpers/toaster.ts';

/** A file of `fixtures/`. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

/** A request as Claude Code 2.1.332 sent it in November 2026; the wording of its prompts, which is long, is made up. */
export const recorded = (name: 'agent-turn' | 'tool-results-turn' | 'title'): Record<string, unknown> =>
  JSON.parse(fixture(`${name}.json`));

export const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({
  role: 'user',
  content,
});

/** A whole proxy for one test file, and Anthropic's own client for it. */
export function withClient(): { toaster: () => TestToaster; client: () => Anthropic } {
  let toaster: TestToaster;
  let client: Anthropic;
  beforeAll(async () => {
    toaster = await startToaster();
    client = new Anthropic({ baseURL: toaster.url, apiKey: 'dummy', maxRetries: 0 });
  });
  afterAll(() => toaster.end());
  afterEach(() => toaster.fake.reset());
  return { toaster: () => toaster, client: () => client };
}
