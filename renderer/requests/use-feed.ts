import { useCallback, useEffect, useRef, useState } from 'react';
import type { RequestsPage } from '../../proxy/contract.ts';
import { request, wordsOf } from '../api/client.ts';
import { append, arrive, EMPTY_FEED, type Feed, matches, type Query, refresh } from '../state/feed.ts';
import { usePage } from '../state/page.ts';

const PAGE = 100;
/** So many pages without a new line are looked through unasked. */
export const PATIENCE = 8;

/** The list for a query, and how to get more of it. */
export interface FeedControls {
  feed: Feed;
  /** The end comes into sight: the next page, unless one is on its way, failed, or looking has become hopeless. */
  older(): void;
  /** Somebody insists. */
  further(): void;
}

/** The requests that fit a query: the newest page, live ones on top, older ones when asked for. */
export function useFeed({ filter, q }: Query): FeedControls {
  const { listen, live } = usePage();
  const [feed, setFeed] = useState<Feed>(EMPTY_FEED);
  const loading = useRef<AbortController | null>(null);

  const load = useCallback(
    (before: string | null, gone: AbortController, merge: (feed: Feed, page: RequestsPage) => Feed) => {
      const search = new URLSearchParams({
        filter,
        q,
        limit: String(PAGE),
        ...(before !== null && { before }),
      });
      request<RequestsPage>(`/api/requests?${search}`, { signal: gone.signal }).then(
        (page) => setFeed((current) => merge(current, page)),
        (reason: unknown) => {
          if (!gone.signal.aborted)
            setFeed((current) => ({ ...current, state: 'failed', error: wordsOf(reason) }));
        },
      );
    },
    [filter, q],
  );

  useEffect(() => {
    const gone = new AbortController();
    loading.current = gone;
    setFeed(EMPTY_FEED);
    load(null, gone, refresh);
    const unlisten = listen({
      request: (line) => {
        const single = new Set(live.get().status?.models.map(({ model }) => model));
        if (matches(line, { filter, q }, single)) setFeed((current) => arrive(current, line));
      },
      reset: () => load(null, gone, refresh),
    });
    return () => {
      gone.abort();
      unlisten();
    };
  }, [load, listen, live, filter, q]);

  const further = useCallback(() => {
    const gone = loading.current;
    if (!gone) return;
    const first = feed.lines.length === 0 && feed.next === null;
    setFeed((current) => ({ ...current, state: first ? 'loading' : 'more', error: null, dry: 0 }));
    load(feed.next, gone, first ? refresh : append);
  }, [feed.lines.length, feed.next, load]);
  const older = useCallback(() => {
    if (feed.next !== null && feed.state === 'ready' && feed.dry < PATIENCE) {
      const gone = loading.current;
      if (!gone) return;
      setFeed((current) => ({ ...current, state: 'more' }));
      load(feed.next, gone, append);
    }
  }, [feed.next, feed.state, feed.dry, load]);
  return { feed, older, further };
}
