import type { JsonObject } from '../../chat/types.ts';
import type { ResidentStatus, Status } from '../../contract.ts';
import type { Tag } from './describe.ts';

/** How Ollama writes "never". */
const NEVER = '2318-01-01T00:00:00Z';

/**
 * `GET /api/ps`: a model for each that is configured on weights in memory; weights that no config names are in
 * `/api/status` alone. How much is in a GPU's memory nobody says here, so there is no `size_vram`. `wall`: seconds since 1970.
 */
export function running({ residents, models }: Status, tags: readonly Tag[], wall: number): JsonObject[] {
  return residents.flatMap((resident) =>
    resident.models.flatMap((name): JsonObject[] => {
      const tag = tags.find((one) => one.name === name);
      if (!tag) return [];
      const keepAliveS = models.find(({ model }) => model === name)?.keep_alive_s ?? null;
      const { model, digest, details, size } = tag;
      return [
        {
          name,
          model,
          size: resident.size ?? size,
          digest,
          details,
          expires_at: expiry(resident, keepAliveS, wall),
          context_length: resident.context,
        },
      ];
    }),
  );
}

/** While they answer, keep_alive has not begun to run. */
function expiry({ state, expires_in_s }: ResidentStatus, keepAliveS: number | null, wall: number): string {
  const left = state === 'idle' ? expires_in_s : (expires_in_s ?? keepAliveS);
  return left === null ? NEVER : new Date((wall + left) * 1000).toISOString();
}
