import { useEffect, useState } from 'react';
import type { Span, Stats } from '../../proxy/contract.ts';
import { request, wordsOf } from '../api/client.ts';
import { usePage } from './page.ts';

/** Requests come in bursts; the sums are asked for once after each. */
const CALM_MS = 1500;

/** The sums of a span, kept fresh by the requests that come. */
export function useStats(span: Span): { stats: Stats | null; error: string | null } {
  const page = usePage();
  const [stats, setStats] = useState<Stats | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const load = (): void => {
      timer = null;
      request<Stats>(`/api/stats?span=${span}`, { signal: gone.signal }).then(
        (fresh) => {
          setStats(fresh);
          setError(null);
          if (fresh.counting !== null) soon();
        },
        (reason: unknown) => {
          if (!gone.signal.aborted) setError(wordsOf(reason));
        },
      );
    };
    const soon = (): void => {
      timer ??= setTimeout(load, CALM_MS);
    };
    load();
    const unlisten = page.listen({ request: soon, reset: soon });
    // With other prices the same tokens saved something else.
    let { settings } = page.settings.get();
    const unfollow = page.settings.subscribe(() => {
      const before = settings;
      settings = page.settings.get().settings;
      if (before && before.prices !== settings?.prices) load();
    });
    return () => {
      gone.abort();
      unlisten();
      unfollow();
      if (timer !== null) clearTimeout(timer);
    };
  }, [page, span]);
  return { stats: stats?.span === span ? stats : null, error };
}
