import type { LogLine } from '../../proxy/contract.ts';
import { count, counted } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import { reasonWords } from '../format/words.ts';

type LoggedCouncil = NonNullable<LogLine['council']>;

/** Who sat in a council, under the letters by which the chairman knew them, and what became of each. */
export function councilFacts(council: LoggedCouncil): [name: string, value: string][] {
  const { members, chairman, at_once, synthesis } = council;
  return [
    ['Members', at_once > 1 ? `${at_once} at once` : 'one after the other'],
    ...members.map((member, index): [string, string] => [
      `Member ${member.letter ?? index + 1}`,
      memberWords(member),
    ]),
    ['Chairman', synthesis ? chairman : `${chairman} fell away: no synthesis`],
  ];
}

function memberWords(member: LoggedCouncil['members'][number]): string {
  const { model, served_by, outcome, reason, seconds, tokens_out, left_out } = member;
  const why = reasonWords(reason);
  const who = {
    answered: model,
    demoted: `${served_by} in place of ${model} (${why})`,
    lost: `${model}, lost (${why})`,
  };
  const facts = [who[outcome], duration(seconds)];
  if (tokens_out !== null) facts.push(counted(tokens_out, 'token'));
  if (left_out > 0) facts.push(`${count(left_out)} characters too long for the chairman`);
  return facts.join(', ');
}
