import type { Status } from '../../proxy/contract.ts';

/** A part of the machine's memory. Sizes are bytes. */
export interface Segment {
  kind: 'other' | 'model' | 'orphans' | 'free' | 'reserve' | 'unknown';
  name: string;
  /** Null: in memory, but nobody knows how much of it. */
  size: number | null;
  /** Which colour, for models. */
  color: number | null;
}

/** How many colours there are for weights. */
export const COLORS = 8;

/** A colour for each weights, the same for as long as the config is. */
export function colorsOf({ models, residents }: Status): Map<string, number> {
  const names = new Set([
    ...models.map(({ weights }) => weights),
    ...residents.map(({ weights }) => weights),
  ]);
  return new Map([...names].map((name, index) => [name, index % COLORS]));
}

/** The machine's memory in parts that add up to all of it, in the order in which they are shown. */
export function segmentsOf(status: Status): Segment[] {
  const { memory, residents, reserve } = status;
  const { total, available } = memory;
  const colors = colorsOf(status);
  const models = residents.map((one): Segment => {
    return { kind: 'model', name: one.weights, size: one.size, color: colors.get(one.weights) ?? 0 };
  });
  const orphans = memory.resident.orphans ?? 0;
  if (orphans > 0) models.push({ kind: 'orphans', name: 'Orphans of Ollama', size: orphans, color: null });
  const held = models.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (available === null) {
    const rest = Math.max(0, total - held);
    return [...models, { kind: 'unknown', name: 'Not told by this machine', size: rest, color: null }];
  }
  // Weights that are mapped from their file count as available on some systems: then other apps have less than nothing.
  const other = Math.max(0, total - available - held);
  const free = Math.max(0, total - other - held);
  const kept = Math.min(reserve, free);
  const parts: Segment[] = [
    { kind: 'other', name: 'Other apps', size: other, color: null },
    ...models,
    { kind: 'free', name: 'Free', size: free - kept, color: null },
    { kind: 'reserve', name: 'Reserve', size: kept, color: null },
  ];
  return parts.filter(({ kind, size }) => kind !== 'reserve' || size !== 0);
}
