import { durationSeconds } from '../config/duration.ts';
import { isPaid } from '../config/remote.ts';
import { type Config, isCouncil } from '../config/schema.ts';
import type { ModelStatus, ResidentStatus, Status } from '../contract.ts';
import type { KnownWeights, Ledger, LedgerEntry } from './ledger.ts';
import { measure } from './measure.ts';
import type { Memory } from './memory.ts';

/** `GET /api/status`: memory, what is in it and why, and each model with its warmth. */
export async function statusOf(memory: Memory, config: Config, wall: number): Promise<Status> {
  const { probe, ledger, room, turns, footprints, pinned, lastAnswers } = memory;
  const [sample, entries] = await Promise.all([probe.last ?? probe.sample(), ledger.residents()]);
  const { reserve_gb, budget_gb } = config.memory;
  const held = entries.reduce((sum, entry) => sum + (sizeOf(entry, memory) ?? 0), 0);
  const byReserve = sample.available === null ? null : Math.max(0, sample.available - reserve_gb * 1e9);
  const byBudget = budget_gb === undefined ? null : Math.max(0, budget_gb * 1e9 - held);
  const limits = [byReserve, byBudget].filter((limit) => limit !== null);
  const residentOf = (one: KnownWeights) =>
    entries.find(({ id, known }) => known !== null && id === one.weights.id);
  return {
    memory: sample,
    pressure: probe.pressure,
    free_for_models: limits.length === 0 ? null : Math.min(...limits),
    reserve: reserve_gb * 1e9,
    budget: budget_gb === undefined ? null : budget_gb * 1e9,
    queue: room.queue + turns.waiting,
    residents: entries.map((entry) => residentStatus(entry, memory, wall)),
    models: ledger.known.flatMap((one) =>
      one.models.map(
        (model): ModelStatus => ({
          model,
          tiers: Object.entries(config.tiers).flatMap(([tier, name]) => (name === model ? tier : [])),
          weights: one.weights.id,
          runtime: one.runtime,
          size: footprints.of(one.weights),
          measured: footprints.measured(one.weights) !== null,
          state: one.weights.remote ? 'remote' : stateOf(residentOf(one), ledger.loading(one.weights.id)),
          paid: isPaid(config, model),
          tight: isTight(one, residentOf(one), ledger),
          expires_in_s: secondsLeft(residentOf(one), wall),
          pinned: pinned.has(model),
          in_flight: ledger.busy(one.weights.id),
          last: lastAnswers.get(model) ?? null,
          loading: ledger.loading(one.weights.id),
          ...ofConfig(config, model),
        }),
      ),
    ),
  };
}

function residentStatus(entry: LedgerEntry, memory: Memory, wall: number): ResidentStatus {
  const { id, known, resident } = entry;
  const { ledger, turns, footprints, pinned } = memory;
  const busy = ledger.busy(id);
  const kept = known?.models.find((model) => pinned.has(model));
  return {
    weights: id,
    models: known?.models ?? [],
    size: sizeOf(entry, memory),
    footprint: known ? footprints.measured(known.weights) : null,
    context: resident.context,
    state: resident.loading ? 'loading' : busy > 0 ? 'busy' : 'idle',
    in_flight: busy,
    waiting: turns.waitingFor(id),
    expires_in_s: secondsLeft(entry, wall),
    stays: busy > 0 ? 'busy' : kept !== undefined ? 'pinned' : 'keep_alive',
  };
}

/** A runtime that tells no size, of a process that nobody knows, has what the config says. */
function sizeOf(entry: LedgerEntry, memory: Memory): number | null {
  const { known, resident } = entry;
  const measured = measure(entry, memory);
  if (measured !== null || resident.loading || resident.process !== null || !known) return measured;
  return memory.footprints.of(known.weights);
}

function ofConfig(config: Config, name: string): Pick<ModelStatus, 'keep_alive_s' | 'fallback'> {
  const model = config.models[name];
  if (!model || isCouncil(model)) return { keep_alive_s: null, fallback: [] };
  const keepAliveS = durationSeconds(model.keep_alive);
  return { keep_alive_s: Number.isFinite(keepAliveS) ? keepAliveS : null, fallback: model.fallback };
}

/** It says something of the load under way, or of the one that brought them in. */
function isTight({ weights: { id } }: KnownWeights, there: LedgerEntry | undefined, ledger: Ledger): boolean {
  return ledger.isTight(id) && (there !== undefined || ledger.loading(id) !== null);
}

function stateOf(entry: LedgerEntry | undefined, loading: ModelStatus['loading']): ModelStatus['state'] {
  if (loading) return 'loading';
  if (!entry) return 'cold';
  return entry.resident.loading ? 'loading' : 'warm';
}

/** Null for never, and while nobody knows. */
function secondsLeft(entry: LedgerEntry | undefined, wall: number): number | null {
  const at = entry?.resident.expiresAt ?? null;
  return at === null || !Number.isFinite(at) ? null : Math.max(0, Math.round(at - wall));
}
