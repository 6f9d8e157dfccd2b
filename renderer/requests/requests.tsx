import { useState } from 'react';
import type { LogLine, RequestFilter } from '../../proxy/contract.ts';
import { Icon } from '../parts/icons.tsx';
import { Segments } from '../parts/segments.tsx';
import { useDebounced } from '../state/use-debounced.ts';
import { Receipt } from './receipt.tsx';
import { RequestList } from './request-list.tsx';
import { useFeed } from './use-feed.ts';

const FILTERS: Record<RequestFilter, string> = {
  all: 'All',
  demoted: 'Demoted',
  failed: 'Failed',
  cached: 'Cached',
  council: 'Council',
};

/** Recent requests: live, filtered, searched; each opens its receipt. */
export function Requests() {
  const [filter, setFilter] = useState<RequestFilter>('all');
  const [typed, setTyped] = useState('');
  const q = useDebounced(typed.trim(), 200);
  const [open, setOpen] = useState<LogLine | null>(null);
  const { feed, older, further } = useFeed({ filter, q });
  return (
    <div className="requests">
      <div className="toolbar">
        <label className="search">
          <Icon name="search" size={13} />
          <input
            type="search"
            placeholder="Search"
            aria-label="Search requests"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <Segments label="Show" options={FILTERS} value={filter} onChange={setFilter} />
      </div>
      <RequestList
        key={`${filter} ${q}`}
        feed={feed}
        query={{ filter, q }}
        onOlder={older}
        onFurther={further}
        onOpen={setOpen}
      />
      {open && <Receipt line={open} onClose={() => setOpen(null)} />}
    </div>
  );
}
