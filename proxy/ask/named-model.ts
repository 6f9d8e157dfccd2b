import { nearest } from '../config/nearest.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from './parse-args.ts';

/** The model that a tier or a model's own name stands for; a tier may be written as its flag. Throws `UsageError`. */
export function namedModel(word: string, { tiers, models }: Pick<Config, 'tiers' | 'models'>): string {
  const name = word.trim().replace(/^--/, '');
  const model = tiers[name] ?? name;
  if (models[model]) return model;
  const known = Object.keys(tiers);
  const near = nearest(name.toLowerCase(), [...known, ...Object.keys(models)]);
  throw new UsageError(
    `There is no tier or model ${name}; ${near ? `did you mean ${near}?` : `the tiers are ${known.join(', ')}.`}`,
  );
}

/** The models that a list with commas names. Throws `UsageError`. */
export function namedModels(list: string, config: Pick<Config, 'tiers' | 'models'>): string[] {
  return list
    .split(',')
    .filter((word) => word.trim() !== '')
    .map((word) => namedModel(word, config));
}
