import type { Model } from './client.ts';

/** One of the models that are compared. */
export interface Arm {
  role: 'single' | 'council' | 'chairman';
  model: string;
  /** On what it runs, so that answers of something else are not taken for its own. */
  madeOf: string;
}

/** What the person has named; the rest is found in the config. */
export interface Wanted {
  single: string | null;
  council: string | null;
  /** Whether to ask the chairman alone, too. */
  chairman: boolean;
}

/** The command line asks for something that there is not. */
export class WrongWish extends Error {}

/**
 * Who is asked: a single model, by default that of the council's first member; the council, by default the first one; and
 * the chairman alone when it is another model than the single, for a council may owe its answers to a stronger chairman.
 * Throws `WrongWish`.
 */
export function armsOf(models: readonly Model[], wanted: Wanted): Arm[] {
  const councils = models.filter(({ council }) => council.length > 0);
  const council = wanted.council === null ? councils[0] : named(wanted.council, councils, 'council');
  if (!council) throw new WrongWish('The config has no council: a model with members and a chairman.');
  const [member] = council.council;
  const chairman = council.council.at(-1);
  const single = named(wanted.single ?? member ?? '', models, 'model');
  const arm = (role: Arm['role'], model: Model): Arm => ({
    role,
    model: model.id,
    madeOf: madeOf(model, models),
  });
  const arms = [arm('single', single), arm('council', council)];
  return wanted.chairman && chairman !== undefined && chairman !== single.id
    ? [...arms, arm('chairman', named(chairman, models, 'model'))]
    : arms;
}

function named(name: string, models: readonly Model[], what: string): Model {
  const found = models.find(({ id }) => id === name);
  if (found) return found;
  throw new WrongWish(`There is no ${what} "${name}". There are ${models.map(({ id }) => id).join(', ')}.`);
}

function madeOf({ weights, runtime, council }: Model, models: readonly Model[]): string {
  if (council.length === 0) return `${weights} on ${runtime}`;
  const seats = council.map((name) => {
    const model = models.find(({ id }) => id === name);
    return model ? `${name} (${madeOf(model, models)})` : name;
  });
  return `${seats.slice(0, -1).join(' + ')}, chairman ${seats.at(-1)}`;
}
