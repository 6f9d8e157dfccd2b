import { knownWeights, pullWord } from '../../config/links.ts';
import type { Live } from '../../live-config.ts';
import type { KnownWeights } from '../../memory/ledger.ts';
import { type Found, ok, unknown, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

/** The weights that no runtime has. Those whose runtime does not say are in neither list. */
export async function missingWeights(
  live: Live,
): Promise<{ missing: KnownWeights[]; there: KnownWeights[] }> {
  const known = knownWeights(live.config);
  const has = await Promise.all(
    // A runtime that does not answer has its own line.
    known.map(
      ({ runtime, weights }) =>
        live.runtimes
          .get(runtime)
          ?.has(weights)
          .catch(() => null) ?? null,
    ),
  );
  return {
    missing: known.filter((_, i) => has[i] === false),
    there: known.filter((_, i) => has[i] === true),
  };
}

/** Whether what the tiers name can be loaded. The default tier's must be there; without others a fallback answers. */
export const checkModels: Check = async ({ live }) => {
  const { missing, there } = await missingWeights(live);
  const { tiers, default_tier } = live.config;
  const needed = tiers[default_tier];
  const findings = missing.map(({ weights, models, link, runtime }): Found => {
    const name = weights.name ?? weights.file ?? weights.id;
    const foreign = live.runtimes.get(runtime)?.foreign;
    const mend = foreign === undefined ? `ask --pull ${pullWord(live.config, link.model)}` : null;
    const says = `${name} is missing (${models.join(', ')})`;
    const other =
      foreign !== undefined
        ? `: ${foreign}`
        : weights.name === undefined
          ? ''
          : `; or: ollama pull ${weights.name}`;
    return needed !== undefined && models.includes(needed)
      ? wrong(`${says}, the default tier${other}`, mend)
      : warn(`${says}${other}`, mend);
  });
  if (there.length > 0) findings.unshift(ok(`there: ${there.map(({ weights }) => weights.id).join(', ')}`));
  return findings.length > 0 ? findings : [unknown('no runtime says what it has')];
};
