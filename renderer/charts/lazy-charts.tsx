import { type ComponentType, useEffect, useState } from 'react';
import { wordsOf } from '../api/client.ts';
import { usePage } from '../state/page.ts';

const load = () => import('./charts.tsx').then(({ Charts }) => Charts);

/** Fetches the charts while nobody waits for them: they bring a library along that the first glance does not need. */
export function prefetchCharts(): void {
  requestIdleCallback(() => {
    load().catch((error: unknown) => console.warn('The charts are not here yet:', error));
  });
}

/** The charts, once they are there; without the proxy they are fetched when it is back. */
export function LazyCharts() {
  const { listen } = usePage();
  const [Charts, setCharts] = useState<ComponentType | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    const fetchThem = (): void => {
      load().then(
        (loaded) => {
          if (!gone) setCharts(() => loaded);
        },
        (reason: unknown) => {
          if (!gone) setError(wordsOf(reason));
        },
      );
    };
    fetchThem();
    const unlisten = listen({ reset: fetchThem });
    return () => {
      gone = true;
      unlisten();
    };
  }, [listen]);
  if (Charts) return <Charts />;
  if (error !== null) return <p className="notice notice-inset">{error}</p>;
  return <div className="loading-charts" aria-busy="true" />;
}
