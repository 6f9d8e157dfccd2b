import { MemoryCard, MemorySkeleton } from './memory/memory-card.tsx';
import { Models, ModelsSkeleton } from './models/models.tsx';
import { usePage } from './state/page.ts';
import { useStore } from './state/store.ts';

/** What is in memory now, and what stays there. */
export function Now() {
  const { status, statusAt, link } = useStore(usePage().live);
  if (status)
    return (
      <div className="now">
        <MemoryCard status={status} />
        <Models status={status} statusAt={statusAt} frozen={link.state === 'away'} />
      </div>
    );
  return (
    <div className="now" aria-busy={link.state === 'connecting'}>
      <MemorySkeleton />
      <ModelsSkeleton />
    </div>
  );
}
