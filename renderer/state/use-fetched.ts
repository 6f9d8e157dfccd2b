import { useEffect, useState } from 'react';
import { request, wordsOf } from '../api/client.ts';
import { usePage } from './page.ts';

/** What a path answers, asked for anew each period while the page can be seen, and after it was hidden. */
export function useFetched<T>(path: string, periodMs: number): { value: T | null; error: string | null } {
  const { listen } = usePage();
  const [known, setKnown] = useState<{ path: string; value: T | null; error: string | null }>({
    path,
    value: null,
    error: null,
  });
  useEffect(() => {
    const gone = new AbortController();
    const load = (): void => {
      if (document.hidden) return;
      request<T>(path, { signal: gone.signal }).then(
        (value) => setKnown({ path, value, error: null }),
        (error: unknown) => {
          if (!gone.signal.aborted) setKnown((before) => ({ ...before, path, error: wordsOf(error) }));
        },
      );
    };
    load();
    const timer = setInterval(load, periodMs);
    const unlisten = listen({ reset: load });
    return () => {
      gone.abort();
      clearInterval(timer);
      unlisten();
    };
  }, [path, periodMs, listen]);
  // What another path said is not shown under this one's name.
  return known.path === path ? known : { value: null, error: null };
}
