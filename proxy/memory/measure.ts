import type { Footprints } from './footprints.ts';
import type { LedgerEntry } from './ledger.ts';
import type { MemoryProbe } from './probe.ts';

export interface Scales {
  probe: MemoryProbe;
  footprints: Footprints;
}

/**
 * What a resident takes, in bytes: the runtime's own figure or its process's resident memory, whichever is more, since
 * the first leaves out caches that grow and the second what a GPU holds. Kept as the footprint of its weights. Null when
 * neither is known.
 */
export function measure({ known, resident }: LedgerEntry, { probe, footprints }: Scales): number | null {
  const { size, process, loading, context } = resident;
  const bytes = Math.max(size ?? 0, (process !== null && probe.rss(process)) || 0) || null;
  if (bytes !== null && known && !loading && known.weights.context === context)
    footprints.learn(known.weights, bytes);
  return bytes;
}
