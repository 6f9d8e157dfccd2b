import { useState } from 'react';
import type { ModelStatus } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';
import { count, percent } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import { usePage } from '../state/page.ts';
import { useStats } from '../state/use-stats.ts';

/** A model's chain, its week in numbers, and a way to cool it now. */
export function ModelDetails({
  id,
  model,
  blocked,
}: {
  id: string;
  model: ModelStatus;
  blocked: string | null;
}) {
  const { stats, error } = useStats('week');
  const mine = stats?.models.find((one) => one.model === model.model);
  const numbers: [string, string][] = mine
    ? [
        ['Requests', count(mine.requests)],
        ['From cache', percent(mine.hits, mine.requests)],
        ['Demoted', count(mine.demoted)],
        ['Failed', count(mine.failed)],
        ['Half within', duration(mine.p50)],
        ['95% within', duration(mine.p95)],
      ]
    : [];
  return (
    <div id={id} className="model-details">
      <p className="chain">
        <span className="dim">Chain</span>
        {[model.model, ...model.fallback].map((name, index) => (
          <span key={name} className="chain-link" title={name}>
            {index > 0 && <span aria-hidden="true">→</span>}
            {name}
          </span>
        ))}
      </p>
      <p className="dim">
        {model.weights} on {model.runtime}
        {model.state === 'remote'
          ? ''
          : model.keep_alive_s === null
            ? ', never let go'
            : `, kept for ${duration(model.keep_alive_s)}`}
      </p>
      {numbers.length > 0 && (
        <dl className="numbers" aria-label="The last week">
          {numbers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {stats && !mine && <p className="dim">Nobody asked for it in the last week.</p>}
      {error && <p className="row-error">{error}</p>}
      {model.state !== 'cold' && model.state !== 'remote' && <CoolNow model={model} blocked={blocked} />}
    </div>
  );
}

function CoolNow({ model, blocked }: { model: ModelStatus; blocked: string | null }) {
  const { access } = usePage();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const cool = async (): Promise<void> => {
    setPending(true);
    setError(null);
    try {
      await access.send('POST', `/api/models/${encodeURIComponent(model.model)}/cool`);
    } catch (reason) {
      setError(wordsOf(reason));
    }
    setPending(false);
  };
  return (
    <div className="cool-now">
      <button
        type="button"
        className="button"
        aria-disabled={blocked !== null || undefined}
        aria-busy={pending || undefined}
        title={blocked ?? 'Unpin it and take it out of memory'}
        onClick={() => blocked === null && !pending && void cool()}
      >
        Cool now
      </button>
      {error && (
        <span className="row-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
