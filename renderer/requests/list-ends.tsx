import type { Feed, Query } from '../state/feed.ts';
import { PATIENCE } from './use-feed.ts';

/** What stands below the last row: that more comes, that there is no more, or why it could not be had. */
export function Ending({ feed, query, onFurther }: { feed: Feed; query: Query; onFurther: () => void }) {
  if (feed.state === 'failed')
    return (
      <div className="ending">
        <p>{feed.error}</p>
        <button type="button" className="button" onClick={onFurther}>
          Try again
        </button>
      </div>
    );
  if (feed.state === 'more') return <p className="ending dim">Older ones are on their way ...</p>;
  if (feed.state === 'ready' && feed.next !== null && feed.dry >= PATIENCE)
    return (
      <div className="ending">
        <p>Nothing like that for a long way back.</p>
        <button type="button" className="button" onClick={onFurther}>
          Look further back
        </button>
      </div>
    );
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

/** Rows before there are any. */
export function ListSkeleton() {
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
