import { gb } from '../../ask/columns.ts';
import { chainOf } from '../../config/links.ts';
import { type Found, ok, unknown, warn } from '../finding.ts';
import type { Check } from '../tools.ts';

/** Each tier's footprint against what the machine has, and has now. */
export const checkTiers: Check = async ({ live, memory }) => {
  const { config } = live;
  const { total, available } = await memory.probe.sample(1);
  if (available === null) return [unknown('what is free is not known here')];
  const held = await bytesHeld(memory);
  const most = total - config.memory.system_gb * 1e9;
  const budget = (config.memory.budget_gb ?? Number.POSITIVE_INFINITY) * 1e9;
  // What is warm would leave, so its memory counts as free.
  const now = Math.min(budget, available + held - config.memory.reserve_gb * 1e9);
  const fits: string[] = [];
  const others: Found[] = [];
  for (const [tier, name] of Object.entries(config.tiers)) {
    const [link] = chainOf(config, name);
    if (!link) continue;
    const bytes = memory.footprints.of(link.weights);
    const takes = `--${tier} takes ${gb(bytes)}`;
    if (bytes > most) others.push(warn(`${takes}, more than this machine can give (${gb(most)})`, null));
    else if (bytes > now)
      others.push(
        warn(`${takes}, and ${gb(Math.max(0, now))} can be had now: it would run alone, and tight`, null),
      );
    else fits.push(`--${tier} ${gb(bytes)}`);
  }
  return [...(fits.length > 0 ? [ok(`there is room for ${fits.join(', ')}`)] : []), ...others];
};

async function bytesHeld({ ledger, probe }: Parameters<Check>[0]['memory']): Promise<number> {
  const entries = await ledger.residents();
  const bytes = entries.map(({ resident: { size, process } }) =>
    Math.max(size ?? 0, (process !== null && probe.rss(process)) || 0),
  );
  return bytes.reduce((sum, one) => sum + one, 0);
}
