import type { KnownWeights } from '../memory/ledger.ts';
import type { Link, Weights } from '../runtimes/types.ts';
import { durationSeconds } from './duration.ts';
import { isRemote } from './remote.ts';
import { type Config, isCouncil, type ModelConfig } from './schema.ts';

/** The chain of a model: its own link and those of its fallbacks, in order. A council has none. */
export function chainOf(config: Config, name: string): Link[] {
  const model = config.models[name];
  if (!model || isCouncil(model)) return [];
  const link = linkOf(config, name, model);
  const fallbacks = model.fallback.flatMap((next) => {
    const later = config.models[next];
    const laterLink = later && !isCouncil(later) ? linkOf(config, next, later) : undefined;
    return laterLink ?? [];
  });
  return link ? [link, ...fallbacks] : [];
}

/** Every set of weights that some model uses, with those models. */
export function knownWeights(config: Config): KnownWeights[] {
  const known = new Map<string, KnownWeights>();
  for (const [name, model] of Object.entries(config.models)) {
    if (isCouncil(model)) continue;
    const link = linkOf(config, name, model);
    if (!link) continue;
    const entry = known.get(link.weights.id) ?? {
      weights: link.weights,
      runtime: link.runtime,
      models: [],
      link,
    };
    entry.models.push(name);
    known.set(link.weights.id, entry);
  }
  return [...known.values()];
}

/** What names a model on `ask`'s command line: its tier, or without one its own name. */
export function pullWord(config: Config, model: string): string {
  return Object.entries(config.tiers).find(([, name]) => name === model)?.[0] ?? model;
}

function linkOf(config: Config, name: string, model: ModelConfig): Link | undefined {
  const weights = weightsOf(config, model.weights);
  if (!weights) return undefined;
  const { connect, first_token, load, idle } = model.timeouts;
  return {
    model: name,
    weights,
    runtime: weights.runtime,
    word: pullWord(config, name),
    settings: model,
    keepAliveS: durationSeconds(model.keep_alive),
    timeouts: {
      connect: durationSeconds(connect),
      firstToken: durationSeconds(first_token),
      load: durationSeconds(load),
      idle: durationSeconds(idle),
    },
  };
}

function weightsOf(config: Config, id: string): (Weights & { runtime: string }) | undefined {
  const weights = config.weights[id];
  const runtime = weights && config.runtimes[weights.runtime];
  return weights && { ...weights, id, ...(runtime && isRemote(runtime) && { remote: true as const }) };
}
