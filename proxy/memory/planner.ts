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
    reserved: ledger.reserved(id),
    fixed: resident.fixed ?? false,
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
    if (link.weights.remote || entries.some((entry) => isOn(entry, link))) return true;
    const plan = await planFor(link, entries, parts);
    if (plan.kind === 'load' && plan.drain.length === 0 && !plan.tight) return true;
  }
  return false;
}

/**
 * Whether the weights of several links can be in memory together: those that are stay, as do those of `guest`, and
 * for the rest nobody who is answering has to be waited for.
 */
export async function allFit(links: readonly Link[], guest: Link, parts: PlannerParts): Promise<boolean> {
  const entries = await parts.ledger.residents();
  const wanted = new Map(links.map((link) => [link.weights.id, link]));
  const missing = [...wanted.values()].filter(
    (link) => !link.weights.remote && !entries.some((entry) => isOn(entry, link)),
  );
  if (missing.length === 0) return true;
  const { probe, footprints, settings } = parts;
  const { total, available } = await probe.sample(1);
  const held = entries.map((entry) => asHeld(entry, parts));
  const isStaying = ({ id }: Held): boolean => wanted.has(id) || id === guest.weights.id;
  const staying = held.filter(isStaying);
  const { budget, ...others } = settings();
  const needed = missing.reduce((sum, { weights }) => sum + footprints.of(weights), 0);
  const plan = planRoom(
    needed,
    { total, available, pressure: probe.pressure.level, held: held.filter((one) => !isStaying(one)) },
    {
      ...others,
      budget: budget === null ? null : budget - staying.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  );
  return plan.kind === 'load' && !plan.tight && plan.drain.length === 0;
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
