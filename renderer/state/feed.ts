import type { LogLine, RequestFilter, RequestsPage } from '../../proxy/contract.ts';
import { outcomeOf } from '../format/words.ts';

/** The list of requests as far as it has been loaded, newest first. */
export interface Feed {
  lines: LogLine[];
  /** Cursor for older ones; null when there are none. */
  next: string | null;
  state: 'loading' | 'ready' | 'more' | 'failed';
  error: string | null;
  /** Lines that came on top since the list was loaded. */
  arrived: number;
  /** Pages in a row that had nothing new: with a rare filter one may look through a long log in vain. */
  dry: number;
}

/** What is looked for. */
export interface Query {
  filter: RequestFilter;
  q: string;
}

/** A list that has not been loaded. */
export const EMPTY_FEED: Feed = { lines: [], next: null, state: 'loading', error: null, arrived: 0, dry: 0 };

/** What tells a line from another; lines of other programs have no id. */
export function keyOf(line: LogLine): string {
  return line.request_id ?? `${line.ts}|${line.model ?? ''}|${line.prompt_hash ?? ''}`;
}

/**
 * Whether a line that has just come belongs into the list: the same question that the proxy answers for older ones.
 * `single` are the models with weights of their own; who answers without any is a council.
 */
export function matches(line: LogLine, { filter, q }: Query, single: ReadonlySet<string>): boolean {
  const belongs: Record<RequestFilter, () => boolean> = {
    all: () => true,
    demoted: () => line.demoted === true,
    failed: () => outcomeOf(line) === 'failed',
    cached: () => line.cache_hit === true,
    council: () =>
      line.council !== undefined ||
      (line.model !== null && line.served_by === line.model && !single.has(line.model)),
  };
  if (!belongs[filter]()) return false;
  const { model, served_by, source, degraded_reason, error, request_id, user, attempts = [] } = line;
  const texts = [model, served_by, source, degraded_reason, error, request_id, user];
  return [...texts, ...attempts.map(({ reason }) => reason)].some((text) => has(text ?? '', q));
}

const has = (text: string, words: string): boolean => text.toLowerCase().includes(words.toLowerCase());

/** A new line on top; one that is there already changes nothing. */
export function arrive(feed: Feed, line: LogLine): Feed {
  const key = keyOf(line);
  // It can only be among the newest: the stream and the first page overlap by moments.
  if (feed.lines.slice(0, 200).some((known) => keyOf(known) === key)) return feed;
  return { ...feed, lines: [line, ...feed.lines], arrived: feed.arrived + 1 };
}

/** Older lines below. */
export function append(feed: Feed, page: RequestsPage): Feed {
  const known = new Set(feed.lines.map(keyOf));
  const older = page.requests.filter((line) => !known.has(keyOf(line)));
  return {
    ...feed,
    lines: [...feed.lines, ...older],
    next: page.next,
    state: 'ready',
    error: null,
    dry: older.length === 0 ? feed.dry + 1 : 0,
  };
}

/**
 * The newest page, asked for anew after a while away. Where it reaches the lines that were there, what is missing goes on
 * top and nothing moves; else there is a gap, and the list begins anew.
 */
export function refresh(feed: Feed, page: RequestsPage): Feed {
  const known = new Set(feed.lines.map(keyOf));
  const fresh = page.requests.filter((line) => !known.has(keyOf(line)));
  const reaches = fresh.length < page.requests.length;
  if (!reaches || feed.lines.length === 0)
    return { lines: page.requests, next: page.next, state: 'ready', error: null, arrived: 0, dry: 0 };
  return {
    ...feed,
    lines: [...fresh, ...feed.lines],
    state: 'ready',
    error: null,
    arrived: feed.arrived + fresh.length,
  };
}
