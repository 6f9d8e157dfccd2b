import type { LogLine } from '../../proxy/contract.ts';
import { clock, duration } from '../format/time.ts';
import { exitWords, outcomeOf, reasonWords } from '../format/words.ts';
import { Icon } from '../parts/icons.tsx';
import { OutcomeMark } from './outcome-mark.tsx';

/** One request in two lines: who and how long; when, from where, and why it was not as asked. */
export function RequestRow(props: {
  line: LogLine;
  index: number;
  top: number;
  now: number;
  isNew: boolean;
  inTabOrder: boolean;
  onFocus: () => void;
  onOpen: () => void;
}) {
  const { line, index, top, now, isNew, inTabOrder, onFocus, onOpen } = props;
  const outcome = outcomeOf(line);
  return (
    <li className={`request request-${outcome} ${isNew ? 'is-new' : ''}`} style={{ top }}>
      <button
        type="button"
        data-index={index}
        tabIndex={inTabOrder ? 0 : -1}
        onFocus={onFocus}
        onClick={onOpen}
        aria-haspopup="dialog"
      >
        <span className="request-head">
          <OutcomeMark line={line} />
          <span className="request-latency">
            {line.cache_hit && (
              <span className="badge badge-cached" title="Answered from the cache">
                <Icon name="cached" size={11} />
                cached
              </span>
            )}
            {duration(line.latency_s)}
          </span>
        </span>
        <span className="request-foot">
          <span>{clock(line.ts, now)}</span>
          {line.source && <span>{line.source}</span>}
          <span className="request-why">{whyOf(line)}</span>
          {line.ttft_s != null && !line.cache_hit && (
            <span className="request-first">first token {duration(line.ttft_s)}</span>
          )}
        </span>
      </button>
    </li>
  );
}

/** What was not as asked, in a few words. */
function whyOf(line: LogLine): string {
  const outcome = outcomeOf(line);
  if (outcome === 'demoted') return reasonWords(line.degraded_reason);
  if (outcome === 'failed' || outcome === 'refused') return line.error ?? exitWords(line.exit_code);
  if (line.memory === 'tight') return 'loaded tight';
  return line.shared ? 'shared' : '';
}
