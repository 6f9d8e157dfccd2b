import { isAbsolute } from 'node:path';
import { isPaid, isRemote } from './remote.ts';
import {
  type Config,
  isCouncil,
  type ModelConfig,
  type RuntimeConfig,
  type WeightsConfig,
} from './schema.ts';

/** What is held by this machine does not answer more at a time. */
const MOST_PARALLEL = 16;

/** Something wrong in a config: where (keys from the top), and one sentence that says what to do. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

/** What the validator cannot see in one place: references, cycles, chains that would hit the same broken weights. */
export function checkReferences(config: Config): Problem[] {
  return [
    ...checkWeights(config),
    ...checkModels(config),
    ...checkTiers(config),
    ...(checkCycles(config) ?? []),
  ];
}

function checkWeights(config: Config): Problem[] {
  return Object.entries(config.weights).flatMap(([id, weights]): Problem[] => {
    const runtime = config.runtimes[weights.runtime];
    const path = ['weights', id];
    if (!runtime) return [unknown([...path, 'runtime'], 'runtime', weights.runtime, config.runtimes)];
    const [wanted, other] =
      runtime.kind === 'llamacpp' ? (['file', 'name'] as const) : (['name', 'file'] as const);
    if (weights[wanted] === undefined)
      return [
        {
          path,
          message: `weights on the runtime ${weights.runtime} (${runtime.kind}) need \`${wanted}\`; add it`,
        },
      ];
    if (weights[other] !== undefined)
      return [
        {
          path: [...path, other],
          message: `means nothing on the runtime ${weights.runtime} (${runtime.kind}); remove it`,
        },
      ];
    if (weights.file !== undefined && leavesFolder(weights.file))
      return [
        {
          path: [...path, 'file'],
          message: 'leaves the models folder; write the whole path of the GGUF, from / on',
        },
      ];
    return checkMeasures(weights, runtime).map(({ path: at, message }) => ({
      path: [...path, ...at],
      message,
    }));
  });
}

/** What only some runtimes can do without, or do more of. */
function checkMeasures(weights: WeightsConfig, runtime: RuntimeConfig): Problem[] {
  const problems: Problem[] = [];
  const { size_gb, parallel, revision } = weights;
  if (size_gb === 0 && !isRemote(runtime))
    problems.push({
      path: ['size_gb'],
      message: 'must say what the weights take in memory, in GB; write it',
    });
  if (parallel > MOST_PARALLEL && runtime.kind !== 'openai')
    problems.push({ path: ['parallel'], message: `is more than ${MOST_PARALLEL}; write that or less` });
  if (revision !== undefined && runtime.kind !== 'openai')
    problems.push({ path: ['revision'], message: `means nothing on ${runtime.kind}; remove it` });
  return problems;
}

/** A path from the models folder that ends elsewhere, or that only a shell understands. */
function leavesFolder(file: string): boolean {
  return !isAbsolute(file) && (file.startsWith('~') || file.split(/[\\/]/).includes('..'));
}

function checkModels(config: Config): Problem[] {
  return Object.entries(config.models).flatMap(([id, model]): Problem[] => {
    const path = ['models', id];
    if (isCouncil(model)) {
      const seats: [(string | number)[], string][] = model.members.map((seat, i) => [
        [...path, 'members', i, 'model'],
        seat.model,
      ]);
      return [...seats, [[...path, 'chairman'], model.chairman] as const].flatMap(([at, name]) =>
        name === id
          ? [{ path: [...at], message: `${id} names itself; name a model with weights of its own` }]
          : [...singleProblems(config, [...at], name), ...paidProblems(config, id, [...at], name)],
      );
    }
    if (!config.weights[model.weights])
      return [unknown([...path, 'weights'], 'weights', model.weights, config.weights)];
    return checkFallback(config, id, model);
  });
}

function checkFallback(config: Config, id: string, model: ModelConfig): Problem[] {
  const seen = new Map([[blobOf(config, id), id]]);
  return model.fallback.flatMap((name, i): Problem[] => {
    const path = ['models', id, 'fallback', i];
    const wrong = singleProblems(config, path, name);
    if (wrong.length > 0) return wrong;
    const costs = paidProblems(config, id, path, name);
    if (costs.length > 0) return costs;
    const blob = blobOf(config, name);
    const earlier = seen.get(blob);
    seen.set(blob, name);
    if (earlier === undefined) return [];
    const same = earlier === name ? 'stands twice in this chain' : `is on the same weights as ${earlier}`;
    return [{ path, message: `${name} ${same}, so it would hit the same broken state; take it out` }];
  });
}

/** Money is spent only where the person asks for it by name, or has written that it may be. */
function paidProblems(config: Config, asked: string, path: (string | number)[], name: string): Problem[] {
  if (config.models[asked]?.allow_paid_fallback || !isPaid(config, name)) return [];
  const message = `${name} costs money, and ${asked} would spend it unasked; take it out, or write \`allow_paid_fallback: true\` in models.${asked}`;
  return [{ path, message }];
}

/** What must be one blob: the same name on the same runtime, whatever the key in `weights` is. */
function blobOf(config: Config, modelName: string): string {
  const model = config.models[modelName];
  const weights = model && !isCouncil(model) ? config.weights[model.weights] : undefined;
  return weights ? `${weights.runtime}\n${weights.name ?? weights.file}` : `?${modelName}`;
}

function singleProblems(config: Config, path: (string | number)[], name: string): Problem[] {
  const model = config.models[name];
  if (!model) return [unknown(path, 'model', name, config.models)];
  if (isCouncil(model))
    return [{ path, message: `${name} is a council; name a model with weights of its own` }];
  return [];
}

function checkTiers(config: Config): Problem[] {
  const problems = Object.entries(config.tiers).flatMap(([tier, name]) =>
    config.models[name] ? [] : [unknown(['tiers', tier], 'model', name, config.models)],
  );
  if (!config.tiers[config.default_tier])
    problems.push(unknown(['default_tier'], 'tier', config.default_tier, config.tiers));
  const name = config.tiers[config.default_tier] ?? '';
  if (isPaid(config, name))
    problems.push({
      path: ['default_tier'],
      message: `${name} costs money, and is to be asked for by its flag; name another tier`,
    });
  return problems;
}

/** The first cycle found among fallbacks: a model that would, in the end, stand in for itself. */
function checkCycles(config: Config): Problem[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: string[]): Problem[] | undefined => {
    const model = config.models[name];
    if (!model || isCouncil(model) || done.has(name)) return undefined;
    for (const [i, next] of model.fallback.entries()) {
      const path = [...trail, name];
      if (path.includes(next)) {
        const loop = [...path.slice(path.indexOf(next)), next].join(' -> ');
        return [
          {
            path: ['models', name, 'fallback', i],
            message: `the fallbacks go in a circle (${loop}); break it here`,
          },
        ];
      }
      const found = visit(next, path);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  return Object.keys(config.models).reduce<Problem[] | undefined>(
    (found, name) => found ?? visit(name, []),
    undefined,
  );
}

function unknown(path: (string | number)[], what: string, name: string, known: object): Problem {
  return { path, message: `there is no ${what} called ${name}; known are ${Object.keys(known).join(', ')}` };
}
