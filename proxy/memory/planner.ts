import type { Link } from '../runtimes/types.ts';
import type { Footprints } from './footprints.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { measure } from './measure.ts';
import { allTheRoom, type Held, type Plan, planRoom, type RoomSettings } from './plan.ts';
import type { MemoryProbe } from './probe.ts';

export interface PlannerParts {
  ledger: Ledger;
  probe: MemoryProbe;
  footprints: Footprints;
  settings(): RoomSettings;
  pinned(): ReadonlySet<string>;
}

/** How room could be made for a link, as the machine is now. `force`: made where there seems to be none. */
export async function planFor(
  link: Link,
  entries: LedgerEntry[],
  parts: PlannerParts,
  force = false,
): Promise<Plan> {
  const { probe, footprints, settings } = parts;
  // A chain that goes down link by link asks again and again within moments.
  const { total, available } = await probe.sample(1);
  const held = entries
    // The same weights with another context are replaced by the runtime itself.
    .filter(({ id }) => id !== link.weights.id)
    .map((entry) => asHeld(entry, parts));
  const situation = { total, available, pressure: probe.pressure.level, held };
  const needed = footprints.of(link.weights);
  const plan = planRoom(needed, situation, settings());
  return plan.kind === 'no_room' && force ? allTheRoom(needed, held) : plan;
}

function asHeld(entry: LedgerEntry, parts: PlannerParts): Held {
  const { id, known, resident } = entry;
  const { ledger, footprints, pinned } = parts;
  // Weights are read from their file as they are needed, so they hold less at first than they will.
  const held = resident.loading ? 0 : (measure(entry, parts) ?? 0);
  const remembered = known ? (footprints.measured(known.weights) ?? 0) : 0;
  return {
    id,
    bytes: Math.max(held, remembered) || (known ? footprints.of(known.weights) : 0),
    busy: ledger.busy(id),
    pinned: known?.models.some((model) => pinned().has(model)) ?? false,
    lastUsed: ledger.lastUsed(id),
  };
}

/** Whether one of several links could answer without anybody being waited for. */
export async function anyFitsBeside(
  links: readonly Link[],
  entries: LedgerEntry[],
  parts: PlannerParts,
): Promise<boolean> {
  for (const link of links) {
    if (entries.some((entry) => isOn(entry, link))) return true;
    const plan = await planFor(link, entries, parts);
    if (plan.kind === 'load' && plan.drain.length === 0 && !plan.tight) return true;
  }
  return false;
}

/** Whether a resident is what a link would load. */
export function isOn({ known, resident }: LedgerEntry, { weights, runtime }: Link): boolean {
  return (
    known?.runtime === runtime &&
    known.weights.id === weights.id &&
    !resident.loading &&
    resident.context === weights.context
  );
}
