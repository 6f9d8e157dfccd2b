import { z } from 'zod';
import type { Cooled } from '../contract.ts';
import { ApiError, messageOf } from '../errors.ts';
import type { KnownWeights } from '../memory/ledger.ts';
import type { Memory } from '../memory/memory.ts';
import type { Warmth } from '../memory/warmth.ts';
import { residentKey } from '../runtimes/types.ts';

const pinBody = z.object({ pinned: z.boolean() });

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
  weightsOf(memory, model);
  warmth.pin(model, parsed.data.pinned);
  return { model, pinned: parsed.data.pinned };
}

/**
 * `POST /api/models/{name}/cool`: unpins and unloads, done when the runtime has let go. Throws `ApiError` 409 while the
 * weights are answering.
 */
export async function coolModel(
  memory: Memory,
  warmth: Warmth,
  model: string,
): Promise<{ model: string; state: 'cold' }> {
  const known = weightsOf(memory, model);
  if (memory.ledger.busy(known.weights.id) > 0)
    throw new ApiError(409, `${model} is answering; it can go when it is done.`, {
      code: 'busy',
      param: 'model',
    });
  await cool(memory, warmth, known);
  return { model, state: 'cold' };
}

/**
 * `POST /api/cool`: the same for all weights that the config knows. Those that are answering or on their way in stay, with
 * their pins. Names weights. Throws `ApiError` 502 when a runtime did not let go, once all others have.
 */
export async function coolAll(memory: Memory, warmth: Warmth): Promise<Cooled> {
  const { ledger } = memory;
  const residents = await ledger.residents();
  const residentOf = (known: KnownWeights) => residents.find((entry) => entry.known === known)?.resident;
  const isBusy = (known: KnownWeights): boolean => {
    const { id } = known.weights;
    return ledger.busy(id) > 0 || ledger.loading(id) !== null || residentOf(known)?.loading === true;
  };
  // All pins before the first one leaves: into the room that it makes, a pinned one would be loaded.
  for (const known of ledger.known) if (!isBusy(known)) unpin(memory, warmth, known);
  const told: Cooled = { cooled: [], busy: [] };
  const failed: string[] = [];
  for (const known of ledger.known) {
    const { id } = known.weights;
    if (isBusy(known)) told.busy.push(id);
    else if (residentOf(known))
      await cool(memory, warmth, known).then(
        () => told.cooled.push(id),
        (error: unknown) => failed.push(`${id} did not leave memory (${messageOf(error)})`),
      );
  }
  if (failed.length > 0) throw new ApiError(502, `${failed.join('; ')}.`, { code: 'not_cooled' });
  return told;
}

async function cool(memory: Memory, warmth: Warmth, known: KnownWeights): Promise<void> {
  unpin(memory, warmth, known);
  memory.room.cooled(known.weights.id);
  await memory.ledger.unload(known.runtime, residentKey(known.weights));
}

function unpin(memory: Memory, warmth: Warmth, { models }: KnownWeights): void {
  for (const one of models) if (memory.pinned.has(one)) warmth.pin(one, false);
}

function weightsOf(memory: Memory, model: string): KnownWeights {
  const known = memory.ledger.known.find(({ models }) => models.includes(model));
  if (known) return known;
  throw new ApiError(404, `${model} has no weights of its own to keep warm; name one of its members.`, {
    param: 'model',
  });
}
