import type { LogLine } from '../../proxy/contract.ts';
import { exitWords, outcomeOf } from '../format/words.ts';
import { Icon } from '../parts/icons.tsx';

/** Who was asked and who answered, with a badge when that was not the same or nobody did. */
export function OutcomeMark({ line }: { line: LogLine }) {
  const outcome = outcomeOf(line);
  const asked = line.model ?? 'no model';
  const served = line.served_by ?? null;
  // A council that was short of a member answers all the same, in its own name.
  if (outcome === 'demoted' && served === asked)
    return (
      <span className="mark" title={`${asked} was short of a member`}>
        <span className="badge badge-demoted">
          <Icon name="down" size={11} />
          short
        </span>
        <span className="mark-names">{asked}</span>
      </span>
    );
  if (outcome === 'demoted')
    return (
      <span className="mark" title={`${asked} was asked, ${served} answered`}>
        <span className="badge badge-demoted">
          <Icon name="down" size={11} />
          demoted
        </span>
        <span className="mark-names">
          <s>{asked}</s> <span aria-hidden="true">→</span>
          <span className="hidden">, answered by</span> {served}
        </span>
      </span>
    );
  return (
    <span className="mark" title={asked}>
      {outcome !== 'answered' && (
        <span className={`badge badge-${outcome}`} title={exitWords(line.exit_code)}>
          <Icon name={outcome === 'failed' ? 'cross' : 'stop'} size={11} />
          {outcome}
        </span>
      )}
      <span className="mark-names">{asked}</span>
    </span>
  );
}
