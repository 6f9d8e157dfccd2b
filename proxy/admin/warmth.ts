import { z } from 'zod';
import { ApiError } from '../errors.ts';
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
  const { weights, runtime, models } = weightsOf(memory, model);
  if (memory.ledger.busy(weights.id) > 0)
    throw new ApiError(409, `${model} is answering; it can go when it is done.`, {
      code: 'busy',
      param: 'model',
    });
  for (const one of models) if (memory.pinned.has(one)) warmth.pin(one, false);
  memory.room.cooled(weights.id);
  await memory.ledger.unload(runtime, residentKey(weights));
  return { model, state: 'cold' };
}

function weightsOf(memory: Memory, model: string): KnownWeights {
  const known = memory.ledger.known.find(({ models }) => models.includes(model));
  if (known) return known;
  throw new ApiError(404, `${model} has no weights of its own to keep warm; name one of its members.`, {
    param: 'model',
  });
}
