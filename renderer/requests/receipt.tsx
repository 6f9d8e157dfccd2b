import { useEffect, useRef } from 'react';
import type { LogLine } from '../../proxy/contract.ts';
import { moment } from '../format/time.ts';
import { exitWords, outcomeOf, reasonWords } from '../format/words.ts';
import { Icon } from '../parts/icons.tsx';
import { AttemptChain } from './attempt-chain.tsx';
import { receiptFacts } from './receipt-facts.ts';

/** Everything that is known of one request, for a person. */
export function Receipt({ line, onClose }: { line: LogLine; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // Modal: the browser keeps the focus in it, gives it back afterwards, and closes it on Escape.
    dialog.current?.showModal();
  }, []);
  const outcome = outcomeOf(line);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; for the keyboard there is Escape
    <dialog
      ref={dialog}
      className="receipt"
      aria-labelledby="receipt-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="receipt-body">
        <header>
          <div>
            <h2 id="receipt-title">{line.model ?? 'No model'}</h2>
            <p className="dim">{moment(line.ts)}</p>
          </div>
          <button type="button" className="close" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="cross" />
          </button>
        </header>
        <p className={`verdict verdict-${outcome}`}>{verdictOf(line)}</p>
        {line.error && <p className="receipt-error">{line.error}</p>}
        <AttemptChain line={line} />
        {receiptFacts(line).map(([title, facts]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className="facts">
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}

function verdictOf(line: LogLine): string {
  const outcome = outcomeOf(line);
  if (outcome === 'answered')
    return `Answered${line.cache_hit ? ' from the cache' : ''} by ${line.served_by ?? 'nobody known'}.`;
  if (line.council?.synthesis === false && line.served_by)
    return `No synthesis: the chairman fell away, this is one member's answer, ${line.served_by}'s.`;
  if (outcome !== 'demoted') return `Not answered: ${exitWords(line.exit_code)}.`;
  return line.served_by === line.model
    ? `Answered by ${line.model}, one of whose members ${because(line)}.`
    : `Demoted: ${line.served_by} answered, because ${line.model} ${because(line)}.`;
}

function because({ degraded_reason: reason }: LogLine): string {
  if (reason === 'no_room') return 'had no room in memory';
  return reason ? reasonWords(reason) : 'did not answer';
}
