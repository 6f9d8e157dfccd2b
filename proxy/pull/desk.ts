import { gb } from '../ask/columns.ts';
import { chainOf } from '../config/links.ts';
import { type Config, isCouncil } from '../config/schema.ts';
import { EXIT } from '../contract.ts';
import { ApiError } from '../errors.ts';
import type { Link, PullPlace, PullProgress, Weights } from '../runtimes/types.ts';
import type { ServiceParts } from '../service.ts';

/** What is left free on the disk beyond the model itself. */
const SPARE = 1.1;

export interface PullOptions {
  /** Fetch also what can never be loaded here. */
  force: boolean;
  tell(progress: PullProgress): void;
  /** Something a person should know, in one line. */
  note(text: string): void;
  signal: AbortSignal;
}

/** Fetches weights through their runtimes, each once at a time. */
export class PullDesk {
  readonly #running = new Set<string>();

  /** True when they were fetched, false when they were there. Throws `ApiError`, and `LinkFailure`. */
  async pull(parts: ServiceParts, { weights, runtime }: Link, options: PullOptions): Promise<boolean> {
    const opened = parts.live.current.runtimes.get(runtime);
    if (!opened) throw new ApiError(500, `There is no runtime ${runtime}.`);
    if (await opened.has(weights)) return false;
    if (!options.force) await mustFit(parts, weights);
    const place = await opened.place(weights);
    if ('unseen' in place) options.note(`The disk is not looked at before: ${place.unseen}.`);
    else await mustHaveDisk(parts, weights, place);
    if (this.#running.has(weights.id))
      throw new ApiError(409, `${weights.id} is being fetched already; wait for it.`, {
        code: 'busy',
        exit: EXIT.failed,
      });
    this.#running.add(weights.id);
    try {
      await opened.pull(weights, options.tell, options.signal);
      return true;
    } finally {
      this.#running.delete(weights.id);
    }
  }
}

async function mustHaveDisk(
  { disk }: ServiceParts,
  weights: Weights,
  { folder, have }: Exclude<PullPlace, { unseen: string }>,
): Promise<void> {
  const free = await disk(folder);
  const bytes = diskBytes(weights);
  if (free >= (bytes - have) * SPARE) return;
  const there = have === 0 ? '' : `, of which ${gb(have)} are there`;
  throw new ApiError(
    507,
    `${weights.id} needs ${gb(bytes)} on the disk${there}, and ${gb(free)} are left in ${folder}; free some.`,
    { code: 'no_disk' },
  );
}

/** What weights take on the disk. */
export const diskBytes = ({ source, size_gb }: Weights): number => source?.bytes ?? size_gb * 1e9;

async function mustFit({ memory, live }: ServiceParts, weights: Weights): Promise<void> {
  const { total } = await memory.probe.sample(60);
  const most = total - live.current.config.memory.system_gb * 1e9;
  const bytes = memory.footprints.of(weights);
  if (bytes <= most) return;
  throw new ApiError(
    409,
    `${weights.id} takes ${gb(bytes)} of memory, and this machine can give ${gb(most)}: it could never be loaded. Fetch it all the same with --force.`,
    { code: 'no_room', exit: EXIT.failed },
  );
}

/** The links that a model needs by itself: its own, or those of a council's seats. Each set of weights once. */
export function linksOf(config: Config, names: readonly string[]): Link[] {
  const models = names.flatMap((name) => {
    const model = config.models[name];
    return model && isCouncil(model) ? [...model.members.map((seat) => seat.model), model.chairman] : [name];
  });
  const links = models.flatMap((name) => chainOf(config, name)[0] ?? []);
  return [...new Map(links.map((link) => [link.weights.id, link])).values()];
}
