import type { PressureLevel } from '../contract.ts';

/** Weights in memory, as far as a plan cares. Sizes are bytes. */
export interface Held {
  id: string;
  bytes: number;
  /** How many requests it is answering. */
  busy: number;
  pinned: boolean;
  /** A council under way needs them later. */
  reserved: boolean;
  /** It cannot be made to leave. */
  fixed?: boolean;
  /** Seconds, on any clock; the smallest is the least recently used. */
  lastUsed: number;
}

export interface RoomSettings {
  /** Bytes that stay free for everything else. */
  reserve: number;
  /** Bytes that all models together may have; null for no such cap. */
  budget: number | null;
  /** Bytes of the machine that are never a model's, even when it is alone. */
  system: number;
}

export interface Situation {
  total: number;
  /** Null where the platform does not tell: then nothing is known that speaks against a load. */
  available: number | null;
  pressure: PressureLevel;
  held: Held[];
}

/** Load it; `evict` goes first, `drain` is answering and must have ended before. */
export interface LoadPlan {
  kind: 'load';
  evict: string[];
  drain: string[];
  /** One of those to drain is larger than what is to be loaded, so its answer may take long. */
  drainsLarger: boolean;
  tight: boolean;
}

export type Plan = LoadPlan | { kind: 'no_room'; needed: number; free: number; why: string };

/**
 * How to make room for weights of `needed` bytes. Idle residents go, reserved and pinned ones last, the least recently used first;
 * one that is answering is waited for only when nothing else helps. What is larger than the free memory, and still fits
 * the machine, is loaded alone (`tight`).
 */
export function planRoom(
  needed: number,
  { total, available, pressure, held }: Situation,
  settings: RoomSettings,
): Plan {
  const { reserve, budget, system } = settings;
  const taken = held.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = total - system;
  if (budget !== null && needed > budget) return noRoom(needed, budget, 'the budget for models is smaller');
  if (needed > most) return noRoom(needed, most, 'the machine is smaller');
  const movable = held.filter(({ fixed }) => !fixed);
  const room = (given: number): number => {
    const free = available === null ? Number.POSITIVE_INFINITY : available - reserve + given;
    return budget === null ? free : Math.min(free, budget - taken + given);
  };
  if (room(0) >= needed)
    return pressure === 'critical' ? critical(needed, room(0)) : leave([], needed, false);

  const chosen: Held[] = [];
  for (const candidate of inOrder(movable)) {
    chosen.push(candidate);
    if (room(sizeOf(chosen)) < needed) continue;
    // The last one may be so large that earlier ones can stay.
    const spared = chosen.filter((one) => one !== candidate && room(sizeOf(chosen) - one.bytes) >= needed)[0];
    return leave(spared ? chosen.filter((one) => one !== spared) : chosen, needed, false);
  }
  const free = room(sizeOf(movable));
  if (pressure === 'critical') return critical(needed, free);
  if (budget !== null && needed > budget - taken + sizeOf(movable))
    return noRoom(needed, Math.max(0, free), 'what cannot be unloaded takes of the budget for models');
  // Whatever else the machine holds may go to disk: the person asked for this one by name.
  return leave(movable, needed, true);
}

/** Unpinned before pinned before reserved, idle before busy, the least recently used first. */
function inOrder(held: Held[]): Held[] {
  const order = ({ busy, pinned, reserved }: Held): number =>
    (busy > 0 ? 4 : 0) + (reserved ? 2 : 0) + (pinned ? 1 : 0);
  return [...held].sort((a, b) => order(a) - order(b) || a.lastUsed - b.lastUsed);
}

/** For a person who insists: everything else goes, whatever the figures say. */
export const allTheRoom = (needed: number, held: Held[]): LoadPlan =>
  leave(
    held.filter(({ fixed }) => !fixed),
    needed,
    true,
  );

function leave(chosen: Held[], needed: number, tight: boolean): LoadPlan {
  const [busy, idle] = [chosen.filter((one) => one.busy > 0), chosen.filter((one) => one.busy === 0)];
  return {
    kind: 'load',
    evict: idle.map(({ id }) => id),
    drain: busy.map(({ id }) => id),
    drainsLarger: busy.some(({ bytes }) => bytes > needed),
    tight,
  };
}

const sizeOf = (held: Held[]): number => held.reduce((sum, { bytes }) => sum + bytes, 0);
const noRoom = (needed: number, free: number, why: string): Plan => ({ kind: 'no_room', needed, free, why });
const critical = (needed: number, free: number): Plan =>
  noRoom(needed, Math.max(0, free), 'memory pressure is critical');
