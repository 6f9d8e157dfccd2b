import type { Council } from '../contract.ts';
import { harmless } from './harmless.ts';

/** What each member said, under its letter, as the chairman got to know it. */
export function opinionsText({ members }: Council): string {
  return members
    .flatMap(({ letter, text }) =>
      letter === null ? [] : `--- Response ${letter} ---\n${harmless(text ?? '')}\n\n`,
    )
    .join('');
}

/** A line for each member, now that the answer stands: who it was. */
export function whoWasWho({ members, chairman, at_once, synthesis }: Council): string[] {
  const lines = members.map((member) => {
    const { letter, model, served_by, outcome, reason, seconds, tokens_out, left_out } = member;
    const who = outcome === 'lost' ? `${model}, lost (${reason})` : (served_by ?? model);
    const facts = [
      who,
      ...(outcome === 'demoted' ? [`in place of ${model} (${reason})`] : []),
      `${seconds.toFixed(1)} s`,
      ...(tokens_out === null ? [] : [`${tokens_out} tokens`]),
      ...(left_out === 0 ? [] : [`the chairman read all but ${left_out} characters`]),
    ];
    return `[council] ${letter ?? '-'}: ${facts.join(', ')}`;
  });
  return [
    ...lines,
    `[council] chairman: ${synthesis ? chairman : 'fell away'}; members ${howAsked(at_once)}`,
  ];
}

/** How many members were seen to answer at the same moment. */
export const howAsked = (atOnce: number): string =>
  atOnce > 1 ? `${atOnce} at once` : 'one after the other';
