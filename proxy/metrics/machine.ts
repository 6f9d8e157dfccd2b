import type { PressureLevel, Status } from '../contract.ts';
import type { Memory } from '../memory/memory.ts';
import { VERSION } from '../version.ts';
import { FAMILIES, type Family, type Sample } from './families.ts';
import { OTHER } from './request-metrics.ts';

const LEVELS: Record<PressureLevel, number> = { normal: 0, warn: 1, critical: 2 };

/** What can be read at any moment: what is in memory, who waits, how the machine is. */
export function machineSamples(status: Status, memory: Memory): [Family, Sample[]][] {
  const { ledger, turns, room, probe } = memory;
  const ids = ledger.known.map(({ weights }) => weights.id);
  const sizes = new Map(ids.map((id) => [id, 0]));
  for (const { weights, models, size } of status.residents) {
    const id = models.length > 0 ? weights : OTHER;
    sizes.set(id, (sizes.get(id) ?? 0) + (size ?? 0));
  }
  const { total, available, swap_used, resident } = status.memory;
  const { counters } = probe.mark();
  return [
    [FAMILIES.inFlight, ids.map((id) => one(ledger.busy(id), { weights: id }))],
    [FAMILIES.queueDepth, ids.map((id) => one(turns.waitingFor(id), { weights: id }))],
    [FAMILIES.loadQueue, [one(room.queue)]],
    [FAMILIES.resident, [...sizes].map(([weights, size]) => one(size, { weights }))],
    [FAMILIES.warm, status.models.map(({ model, state }) => one(Number(state === 'warm'), { model }))],
    [FAMILIES.pinned, status.models.map(({ model, pinned }) => one(Number(pinned), { model }))],
    [FAMILIES.pressure, [one(LEVELS[status.pressure.level])]],
    [FAMILIES.memoryTotal, [one(total)]],
    [FAMILIES.memoryAvailable, known(available)],
    [FAMILIES.memoryFree, known(status.free_for_models)],
    [FAMILIES.swapUsed, known(swap_used)],
    [FAMILIES.swapouts, known(counters?.swapouts)],
    [FAMILIES.pageouts, known(counters?.pageouts)],
    [
      FAMILIES.runtimes,
      Object.entries(resident).flatMap(([process, bytes]) => (bytes === null ? [] : one(bytes, { process }))),
    ],
    [FAMILIES.build, [one(1, { version: VERSION, node_version: process.version })]],
  ];
}

const one = (value: number, labels: Record<string, string> = {}): Sample => ({ labels, value });

/** What is not known is left out; a 0 would be a statement. */
const known = (value: number | null | undefined): Sample[] =>
  value === null || value === undefined ? [] : [one(value)];
