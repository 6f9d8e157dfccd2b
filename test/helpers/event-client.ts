import { until } from './requests.ts';

/** An event as it came. */
export interface HeardEvent {
  event: string;
  id: string | null;
  data: unknown;
}

/** Somebody who listens to `/api/events`. */
export interface EventClient {
  /** All that has come, and the same of one kind. */
  heard: HeardEvent[];
  of(event: string): HeardEvent[];
  /** What a browser would send as `Last-Event-ID`. */
  lastId(): string | null;
  /** The whole text. */
  text(): string;
  /** Resolves when the stream has ended, from whichever side. */
  ended: Promise<void>;
  leave(): Promise<void>;
}

/** Listens; resolves when the first event is there. */
export async function listen(url: string, lastEventId?: string, query = ''): Promise<EventClient> {
  const gone = new AbortController();
  const response = await fetch(`${url}/api/events${query}`, {
    signal: gone.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
  const heard: HeardEvent[] = [];
  let text = '';
  let lastId: string | null = null;
  const take = (block: string): void => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
    lastId = field('id') ?? lastId;
    const data = field('data');
    if (data !== null) heard.push({ event: field('event') ?? '', id: field('id'), data: JSON.parse(data) });
  };
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  };
  const ended = read().catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
  await until(() => heard.length > 0);
  return {
    heard,
    of: (event) => heard.filter((one) => one.event === event),
    lastId: () => lastId,
    text: () => text,
    ended,
    async leave() {
      gone.abort();
      await ended;
    },
  };
}
