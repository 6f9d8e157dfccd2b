import type { LogLine } from '../../proxy/contract.ts';
import { duration } from '../format/time.ts';
import { reasonWords } from '../format/words.ts';
import { Icon } from '../parts/icons.tsx';

/** The links that were tried, in order, and who answered in the end. Nothing when the first one did. */
export function AttemptChain({ line }: { line: LogLine }) {
  const attempts = line.attempts ?? [];
  if (attempts.length === 0) return null;
  return (
    <ol className="attempts" aria-label="What was tried">
      {attempts.map(({ model, reason, seconds }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same link may fail twice, and the list never changes
        <li key={index} className="attempt-failed">
          <Icon name="cross" size={12} />
          <span className="name">{model}</span>
          <span className="dim">
            {reasonWords(reason)}, after {duration(seconds)}
          </span>
        </li>
      ))}
      {line.served_by && (
        <li className="attempt-served">
          <Icon name="check" size={12} />
          <span className="name">{line.served_by}</span>
          <span className="dim">answered</span>
        </li>
      )}
    </ol>
  );
}
