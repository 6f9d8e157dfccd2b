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

/** Others have it, and are not to be disturbed for this. */
export const takenByOthers = ({ model }: Link): LinkFailure =>
  new LinkFailure('no_room', `others have the memory that ${model} would need`, { counts: false });

/** It would fit alone, and the config does not want that. */
export const tooTight = ({ model }: Link): LinkFailure =>
  new LinkFailure('no_room', `${model} exceeds what is free, and on_tight says demote`, { counts: false });

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
