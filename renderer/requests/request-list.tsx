import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '../../proxy/contract.ts';
import { counted } from '../format/numbers.ts';
import { type Feed, keyOf, type Query } from '../state/feed.ts';
import { useNow } from '../state/use-now.ts';
import { RequestRow } from './request-row.tsx';

const ROW = 46;

/** The rows that can be seen of a long list. New ones come on top; what one reads stays where it is. */
export function RequestList(props: {
  feed: Feed;
  query: Query;
  onOlder: () => void;
  onOpen: (line: LogLine) => void;
}) {
  const { feed, query, onOlder, onOpen } = props;
  const { lines } = feed;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const now = useNow(60_000) / 1000;
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => keyOf(lines[index] as LogLine),
    overscan: 12,
  });
  const above = useAnchor(scroller, feed.arrived);
  const shown = rows.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lines.length > 0 && lastShown >= lines.length - 20) onOlder();
  }, [lastShown, lines.length, onOlder]);
  const at = Math.max(
    0,
    lines.findIndex((line) => keyOf(line) === active),
  );

  const move = (event: KeyboardEvent): void => {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / ROW);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: lines.length - 1,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(lines.length - 1, step));
    const line = lines[to];
    if (!line) return;
    setActive(keyOf(line));
    rows.scrollToIndex(to);
    focusSoon(scroller.current, to);
  };

  return (
    <div className="list">
      <div ref={scroller} className="list-scroller" aria-busy={feed.state === 'loading'}>
        {feed.state === 'loading' && <ListSkeleton />}
        <ul
          className="rows"
          aria-label={`Requests, newest first: ${counted(lines.length, 'line')} loaded`}
          style={{ height: rows.getTotalSize() }}
          onKeyDown={move}
        >
          {shown.map(({ index, start, key }) => {
            const line = lines[index];
            return line ? (
              <RequestRow
                key={String(key)}
                line={line}
                index={index}
                top={start}
                now={now}
                isNew={index < feed.arrived && index === 0}
                inTabOrder={index === at}
                onFocus={() => setActive(keyOf(line))}
                onOpen={() => onOpen(line)}
              />
            ) : null;
          })}
        </ul>
        <Ending feed={feed} query={query} onRetry={onOlder} />
      </div>
      {above.count > 0 && (
        <button type="button" className="new-above" onClick={above.show}>
          {counted(above.count, 'new request')}
        </button>
      )}
    </div>
  );
}

/** Keeps what is read in its place while lines arrive above it; counts those that were not seen. */
function useAnchor(scroller: { current: HTMLDivElement | null }, arrived: number) {
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

/** A row that was scrolled to exists only after the next frame. */
function focusSoon(element: HTMLElement | null, index: number): void {
  const focus = (): boolean => {
    const row = element?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    row?.focus({ preventScroll: true });
    return row !== null && row !== undefined;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}

function Ending({ feed, query, onRetry }: { feed: Feed; query: Query; onRetry: () => void }) {
  if (feed.state === 'failed')
    return (
      <div className="ending">
        <p>{feed.error}</p>
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  if (feed.state === 'more') return <p className="ending dim">Older ones are on their way ...</p>;
  if (feed.state === 'loading' || feed.next !== null) return null;
  if (feed.lines.length > 0) return <p className="ending dim">That is all there is in the log.</p>;
  const any = query.filter === 'all' && query.q === '';
  return (
    <div className="ending">
      {any ? (
        <p>
          No request yet. Try <code>ask "say hello"</code> in a terminal.
        </p>
      ) : (
        <p>No request is like that.</p>
      )}
    </div>
  );
}

function ListSkeleton() {
  return (
    <div className="list-skeleton skeleton" aria-hidden="true">
      {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((row) => (
        <div key={row} className="bone-row">
          <span className="bone bone-line" />
        </div>
      ))}
    </div>
  );
}
