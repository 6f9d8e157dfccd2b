import { gb } from '../../ask/columns.ts';
import { chainOf } from '../../config/links.ts';
import { type Found, hint, ok, quoted, unknown, warn, wrong } from '../finding.ts';
import type { Check, DoctorTools } from '../tools.ts';

/** What a tier's own weights take, and what they could have. Bytes. */
export interface TierRoom {
  tier: string;
  /** The key of its runtime. */
  runtime: string;
  bytes: number;
  /** Of it, what the context takes. */
  context: number;
  /** What models may have here at the very most, and what they could have now. */
  most: number;
  now: number;
}

/** Each tier against what the machine has; null where the system does not tell what is free. */
export async function tierRooms({
  live: { config },
  memory,
}: Pick<DoctorTools, 'live' | 'memory'>): Promise<TierRoom[] | null> {
  const { total, available } = await memory.probe.sample(1);
  if (available === null) return null;
  const held = await bytesHeld(memory);
  const { system_gb, reserve_gb, budget_gb = Number.POSITIVE_INFINITY } = config.memory;
  const most = Math.min(budget_gb * 1e9, total - system_gb * 1e9);
  // What is warm would leave, so its memory counts as free.
  const now = Math.max(0, Math.min(most, available + held - reserve_gb * 1e9));
  return Object.entries(config.tiers).flatMap(([tier, name]) => {
    const [link] = chainOf(config, name);
    if (!link || link.weights.remote) return [];
    const bytes = memory.footprints.of(link.weights);
    const context = Math.max(0, bytes - link.weights.size_gb * 1e9);
    return [{ tier, runtime: link.runtime, bytes, context, most, now }];
  });
}

/** Whether a tier that has no room now would have it, did its context take half of what it takes. */
export const isCramped = ({ bytes, context, now }: TierRoom): boolean =>
  bytes > now && bytes - context / 2 <= now;

/**
 * Each tier's footprint against what the machine has, and has now. The default tier has to have room; a larger one is
 * asked for by name, by somebody who knows that it is large.
 */
export const checkTiers: Check = async ({ live, memory, paths }) => {
  const rooms = await tierRooms({ live, memory });
  if (rooms === null) return [unknown('what is free is not known here')];
  const fitting = rooms.filter(({ bytes, now }) => bytes <= now);
  const isDefault = ({ tier }: TierRoom): boolean => tier === live.config.default_tier;
  const others = rooms.flatMap((room): Found[] => {
    const { tier, bytes, most, now } = room;
    const takes = `--${tier} takes ${gb(bytes)}`;
    if (bytes > most) {
      const says = `${takes}, more than models may have here (${gb(most)}): it is never loaded`;
      if (!isDefault(room)) return [hint(says, null)];
      const largest = fitting.toSorted((a, b) => b.bytes - a.bytes)[0]?.tier;
      const change = largest === undefined ? '' : `  # default_tier: ${largest}`;
      return [
        wrong(`${says}, and it is the default tier`, `\${EDITOR:-vi} ${quoted(paths.config)}${change}`),
      ];
    }
    if (bytes <= now) return [];
    const tell = isDefault(room) ? warn : hint;
    return [tell(`${takes}, and ${gb(now)} can be had now: it would run alone, and tight`, null)];
  });
  const there = fitting.map(({ tier, bytes }) => `--${tier} ${gb(bytes)}`).join(', ');
  return [...(there === '' ? [] : [ok(`there is room for ${there}`)]), ...others];
};

async function bytesHeld({ ledger, probe }: DoctorTools['memory']): Promise<number> {
  const entries = await ledger.residents();
  const bytes = entries.map(({ resident: { size, process } }) =>
    Math.max(size ?? 0, (process !== null && probe.rss(process)) || 0),
  );
  return bytes.reduce((sum, one) => sum + one, 0);
}
