import type { ChatRequest } from '../chat/types.ts';

/** The work this tier is made for: short, mechanical, and each a little different, so that no cache answers. */
const TASKS = [
  'Write a one-line commit message for a change that moves the retry loop out of the HTTP client',
  'Summarize in two sentences: the nightly job copied 1,204 files, skipped 17 and failed on one for want of space',
  'Classify this headline as business, sport or politics: central bank holds rates for a third month',
  'Turn this into a bullet list: milk and eggs from the shop, call the plumber, send the invoice before noon',
  'Name the fields of this log line: 2026-03-01T10:00:00Z GET /health 200 3ms',
  'Write a regular expression for a date such as 2026-03-01, and say in one sentence how it works',
];
const MAX_TOKENS = 96;

/** The `number`th request of a run; the same number asks the same. It neither reads nor fills the cache. */
export function stressRequest(model: string, number: number): Omit<ChatRequest, 'id' | 'room'> {
  return {
    model,
    messages: [{ role: 'user', text: `${TASKS[number % TASKS.length]}. (Request ${number + 1}.)` }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    sampling: {},
    maxTokens: MAX_TOKENS,
    strict: false,
    cache: { read: false, write: false },
    sees: 'everything',
    from: { client: 'stress', watched: false },
  };
}
