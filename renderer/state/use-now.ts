import { useEffect, useState } from 'react';

/** The time in milliseconds since 1970, anew after each period, and only while the page can be seen. Null: not at all. */
export function useNow(periodMs: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (periodMs === null) return;
    let timer: ReturnType<typeof setInterval> | null = null;
    const follow = (): void => {
      if (timer !== null) clearInterval(timer);
      timer = null;
      if (document.hidden) return;
      setNow(Date.now());
      timer = setInterval(() => setNow(Date.now()), periodMs);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      if (timer !== null) clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, [periodMs]);
  return now;
}
