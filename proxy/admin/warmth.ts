import * as z from 'zod';
import type { Cooled } from '../contract.ts';
import { ApiError, messageOf } from '../errors.ts';
import { evict } from '../memory/evict.ts';
import type { KnownWeights, LedgerEntry } from '../memory/ledger.ts';
import type { Memory } from '../memory/memory.ts';
import type { Warmth } from '../memory/warmth.ts';

export const pinBody = z.object({ pinned: z.boolean() });

/** `PUT /api/models/{name}/pin`. Throws `ApiError` 400 for another body, 404 for a model without weights of its own. */
export function pinModel(
  memory: Memory,
  warmth: Warmth,
  model: string,
  body: unknown,
): { model: string; pinned: boolean } {
  const parsed = pinBody.safeParse(body);
  if (!parsed.success)
    throw new ApiError(400, 'The body must be {"pinned": true} or {"pinned": false}.', { param: 'pinned' });
  if (parsed.data.pinned) refuseRemote(weightsOf(memory, model), model);
  warmth.pin(model, parsed.data.pinned);
  return { model, pinned: parsed.data.pinned };
}

/**
 * `POST /api/models/{name}/cool`: unpins and unloads, done when the memory is free. Throws `ApiError` 409 while the
 * weights are answering.
 */
export async function coolModel(
  memory: Memory,
  warmth: Warmth,
  model: string,
): Promise<{ model: string; state: 'cold' }> {
  const known = weightsOf(memory, model);
  refuseRemote(known, model);
  if (memory.ledger.busy(known.weights.id) > 0)
    throw new ApiError(409, `${model} is answering; it can go when it is done.`, {
      code: 'busy',
      param: 'model',
    });
  const failed = await cool(memory, warmth, [known], await memory.ledger.residents());
  for (const error of failed.values()) throw error;
  return { model, state: 'cold' };
}

/**
 * `POST /api/cool`: the same for all weights that the config knows. Those that are answering or on their way in stay, with
 * their pins. Names weights. Throws `ApiError` 502 when a runtime did not let go, once all others have.
 */
export async function coolAll(memory: Memory, warmth: Warmth): Promise<Cooled> {
  const { ledger } = memory;
  const residents = await ledger.residents();
  const isBusy = ({ weights: { id } }: KnownWeights): boolean =>
    ledger.busy(id) > 0 ||
    ledger.loading(id) !== null ||
    residents.some((entry) => entry.id === id && entry.resident.loading);
  const busy = ledger.known.filter(isBusy);
  const idle = ledger.known.filter((known) => !busy.includes(known));
  const failed = await cool(memory, warmth, idle, residents);
  if (failed.size > 0) {
    const each = [...failed].map(([id, error]) => `${id} did not leave memory (${messageOf(error)})`);
    throw new ApiError(502, `${each.join('; ')}.`, { code: 'not_cooled' });
  }
  const idsOf = (some: readonly KnownWeights[]): string[] => some.map(({ weights }) => weights.id);
  return {
    cooled: idsOf(idle.filter((known) => residents.some((entry) => entry.known === known))),
    busy: idsOf(busy),
  };
}

async function cool(
  memory: Memory,
  warmth: Warmth,
  going: readonly KnownWeights[],
  residents: readonly LedgerEntry[],
): Promise<Map<string, unknown>> {
  for (const { weights, models } of going) {
    for (const one of models) if (memory.pinned.has(one)) warmth.pin(one, false);
    memory.room.cooled(weights.id);
  }
  const ids = going.map(({ weights }) => weights.id);
  return evict(ids, residents, memory);
}

function weightsOf(memory: Memory, model: string): KnownWeights {
  const known = memory.ledger.known.find(({ models }) => models.includes(model));
  if (known) return known;
  throw new ApiError(404, `${model} has no weights of its own to keep warm; name one of its members.`, {
    param: 'model',
  });
}

function refuseRemote({ weights, runtime }: KnownWeights, model: string): void {
  if (!weights.remote) return;
  throw new ApiError(409, `${model} is in the memory of another machine, and ${runtime} says how long.`, {
    code: 'remote',
    param: 'model',
  });
}
