import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** How tall a row is, as in requests.css. */
export const ROW = 46;

/** Keeps what is read in its place while lines arrive above it; counts those that were not seen. */
export function useAnchor(scroller: { current: HTMLDivElement | null }, arrived: number) {
  const before = useRef(arrived);
  const [count, setCount] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    const added = arrived - before.current;
    before.current = arrived;
    if (!element || added <= 0 || element.scrollTop < ROW / 2) return;
    element.scrollTop += added * ROW;
    setCount((unseen) => unseen + added);
  }, [arrived, scroller]);
  useEffect(() => {
    const element = scroller.current;
    const scrolled = (): void => {
      if (element && element.scrollTop < ROW / 2) setCount(0);
    };
    element?.addEventListener('scroll', scrolled, { passive: true });
    return () => element?.removeEventListener('scroll', scrolled);
  }, [scroller]);
  return { count, show: () => scroller.current?.scrollTo({ top: 0 }) };
}

/** Focuses a row. One that was scrolled to exists only after the next frame. */
export function focusSoon(element: HTMLElement | null, index: number): void {
  const focus = (): boolean => {
    const row = element?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    row?.focus({ preventScroll: true });
    return row !== null && row !== undefined;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}
