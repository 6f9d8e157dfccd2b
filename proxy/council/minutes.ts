import type { Council, CouncilMember } from '../contract.ts';
import { codePoints } from '../telemetry/prompt.ts';
import { LETTERS } from './chairman-messages.ts';
import { mostAtOnce } from './concurrency.ts';
import { type Opinion, reasonOf } from './hear.ts';

/** An answer as the chairman reads it. */
export interface Response {
  opinion: Opinion;
  text: string;
  /** Characters from its middle that are not in `text`. */
  leftOut: number;
}

/** The facts of a council whose members are done: who answered, under which letter, and who was lost. */
export function minutes(
  chairman: string,
  opinions: readonly Opinion[],
  responses: readonly Response[],
): Council {
  const read = responses.map(({ opinion, leftOut }, i) => memberOf(opinion, LETTERS[i] ?? null, leftOut));
  const lost = opinions.filter(({ error }) => error !== null).map((opinion) => memberOf(opinion, null, 0));
  const spans = responses.flatMap(({ opinion }) => opinion.writing ?? []);
  return { members: [...read, ...lost], chairman, at_once: mostAtOnce(spans), synthesis: read.length > 0 };
}

function memberOf(opinion: Opinion, letter: string | null, leftOut: number): CouncilMember {
  const { seat, servedBy, text, usage, failed, error, seconds } = opinion;
  const lost = error !== null;
  return {
    letter,
    model: seat.model,
    served_by: lost ? null : servedBy,
    outcome: lost ? 'lost' : failed.length > 0 ? 'demoted' : 'answered',
    reason: reasonOf(opinion),
    detail: error?.message ?? failed[0]?.detail ?? null,
    seconds,
    tokens_out: usage.completionTokens,
    chars: lost ? 0 : codePoints(text.trim()),
    left_out: leftOut,
    text: lost ? null : text.trim(),
  };
}

/** The mark above an answer that no chairman has written. */
export const noSynthesis = (model: string): string =>
  `[no synthesis: the chairman fell away, this is one member's answer, ${model}'s]`;

/** A line for each member that is not what was asked for. */
export function shortcomings({ members }: Council): string[] {
  return members.flatMap(({ outcome, model, served_by, reason, detail }) => {
    if (outcome === 'answered') return [];
    const what = outcome === 'lost' ? `lost a member, ${model}` : `a member, ${model} → ${served_by}`;
    return `[degraded: council: ${what}] ${reason}: ${detail}`;
  });
}
