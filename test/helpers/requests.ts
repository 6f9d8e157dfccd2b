import { randomUUID } from 'node:crypto';
import type { ChatEvent, ChatRequest } from '../../proxy/chat/types.ts';

/** A request that asks one thing, with whatever a test cares about on top. */
export function chatRequest(text: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    id: randomUUID(),
    model: 'm',
    messages: [{ role: 'user', text }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    sampling: {},
    strict: false,
    room: 'plan',
    cache: { read: false, write: false },
    sees: 'everything',
    from: { client: 'test', watched: false },
    ...fields,
  };
}

/** All events of one request. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The text of an answer. */
export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? (event.text ?? '') : '')).join('');
}

/** Waits until something holds; a test that waits in vain fails by its own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A signal that nobody aborts. */
export const never = (): AbortSignal => new AbortController().signal;

/** A response's JSON; a test says what it expects of it. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer looks like is what the tests find out
export const jsonOf = (response: Response): Promise<any> => response.json();
