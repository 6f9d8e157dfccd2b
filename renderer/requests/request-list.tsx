import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { LogLine } from '../../proxy/contract.ts';
import { counted } from '../format/numbers.ts';
import { type Feed, keyOf, type Query } from '../state/feed.ts';
import { useNow } from '../state/use-now.ts';
import { focusSoon, ROW, useAnchor } from './anchor.ts';
import { Ending, ListSkeleton } from './list-ends.tsx';
import { RequestRow } from './request-row.tsx';

/** The rows that can be seen of a long list. New ones come on top; what one reads stays where it is. */
export function RequestList(props: {
  feed: Feed;
  query: Query;
  onOlder: () => void;
  onFurther: () => void;
  onOpen: (line: LogLine) => void;
}) {
  const { feed, query, onOlder, onFurther, onOpen } = props;
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
    if (lastShown >= lines.length - 20) onOlder();
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
        <Ending feed={feed} query={query} onFurther={onFurther} />
      </div>
      {above.count > 0 && (
        <button type="button" className="new-above" onClick={above.show}>
          {counted(above.count, 'new request')}
        </button>
      )}
    </div>
  );
}
