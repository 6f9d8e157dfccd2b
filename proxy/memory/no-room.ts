import { ApiError, LinkFailure } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';
import type { Plan } from './plan.ts';

/** There is no room: the next link may answer, or the config says refuse. */
export function noRoom(link: Link, { needed, free, why }: Extract<Plan, { kind: 'no_room' }>): Error {
  const text = `${link.model} needs ${gb(needed)} and there are ${gb(free)}: ${why}`;
  if (link.settings.on_no_room === 'demote') return new LinkFailure('no_room', text, { counts: false });
  return new ApiError(503, `${text}. Ask a smaller model, or insist (ask --force, X-Force: 1).`, {
    code: 'no_room',
    param: 'model',
  });
}

/** Others have the memory, and are not to be disturbed for this. */
export class TakenByOthers extends LinkFailure {
  constructor({ model }: Link) {
    super('no_room', `others have the memory that ${model} would need`, { counts: false });
  }
}

/** Somebody else uses them, or the runtime does not do what it is told. */
export const staysPut = ({ model }: Link, ids: string[]): LinkFailure =>
  new LinkFailure(
    'no_room',
    `${model} needs the memory of ${ids.join(', ')}, which did not leave it when it was told to`,
    { counts: false },
  );

/** It would fit alone, and the config does not want that. */
export const tooTight = ({ model }: Link): LinkFailure =>
  new LinkFailure('no_room', `${model} exceeds what is free, and on_tight says demote`, { counts: false });

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
