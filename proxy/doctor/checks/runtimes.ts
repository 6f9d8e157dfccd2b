import { knownWeights } from '../../config/links.ts';
import { messageOf } from '../../errors.ts';
import { type Found, unknown } from '../finding.ts';
import type { Check } from '../tools.ts';
import { isCramped, tierRooms } from './tiers.ts';

/** What each runtime that the models use says of itself. */
export const checkRuntimes: Check = async ({ live, memory, platform }, signal) => {
  const rooms = (await tierRooms({ live, memory })) ?? [];
  const known = knownWeights(live.config);
  const used = [...live.runtimes].filter(([id]) => known.some(({ runtime }) => runtime === id));
  const found = await Promise.all(
    used.map(async ([id, runtime]): Promise<Found[]> => {
      try {
        const cramped = rooms.filter((room) => room.runtime === id && isCramped(room));
        const findings = await runtime.examine({
          platform,
          signal,
          cramped: cramped.map(({ tier }) => tier),
        });
        return findings.map((finding) => ({ ...finding, says: `${id}: ${finding.says}` }));
      } catch (error) {
        return [unknown(`${id}: ${messageOf(error)}`)];
      }
    }),
  );
  return found.flat();
};
