import { useState } from 'react';
import type { Status } from '../../proxy/contract.ts';
import { colorsOf } from '../memory/segments.ts';
import { Typed } from '../parts/typed.tsx';
import { usePage } from '../state/page.ts';
import { useStore } from '../state/store.ts';
import { CoolAll } from './cool-all.tsx';
import { ModelRow } from './model-row.tsx';
import { usePins } from './use-pins.ts';

/** From so many on, one looks for a model rather than at all of them. */
const MANY = 14;

/** Every model, in the order of the config so that none moves under the pointer. */
export function Models({ status, statusAt, frozen }: { status: Status; statusAt: number; frozen: boolean }) {
  const { may, why } = useStore(usePage().access.permission);
  const { wish, pin } = usePins();
  const [open, setOpen] = useState<string | null>(null);
  const [find, setFind] = useState('');
  const [said, setSaid] = useState('');
  const colors = colorsOf(status);
  const shown = status.models.filter(({ model, tiers }) =>
    [model, ...tiers].some((name) => name.toLowerCase().includes(find.toLowerCase())),
  );
  const blocked = frozen ? 'The proxy is away' : may ? null : (why ?? 'One moment ...');
  return (
    <section className="models" aria-labelledby="models-title">
      <div className="models-head">
        <h2 id="models-title">Models</h2>
        {status.models.length > MANY && (
          <input
            type="search"
            className="find"
            placeholder="Find"
            aria-label="Find a model"
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        )}
        <CoolAll warm={status.residents.length} blocked={blocked} onSaid={setSaid} />
        <span className="models-switch-title" aria-hidden="true">
          stay warm
        </span>
      </div>
      <p className="said" role="status">
        {said}
      </p>
      {!may && why !== null && (
        <p className="notice">
          <Typed text={why} />
        </p>
      )}
      <ul className="card model-list">
        {shown.map((model) => (
          <ModelRow
            key={model.model}
            model={model}
            statusAt={statusAt}
            frozen={frozen}
            color={colors.get(model.weights) ?? 0}
            open={open === model.model}
            onToggle={() => setOpen(open === model.model ? null : model.model)}
            blocked={blocked}
            wish={wish(model.model)}
            onPin={(pinned) => void pin(model, pinned)}
          />
        ))}
        {shown.length === 0 && (
          <li className="nothing">
            {status.models.length === 0 ? 'The config names no models.' : 'No model has that in its name.'}
          </li>
        )}
      </ul>
    </section>
  );
}

/** As tall as the rows will be. */
export function ModelsSkeleton() {
  return (
    <section className="models skeleton" aria-label="Models">
      <div className="models-head">
        <h2>Models</h2>
      </div>
      <ul className="card model-list" aria-hidden="true">
        {['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((row) => (
          <li key={row} className="model bone-row">
            <span className="bone bone-ring" />
            <span className="bone bone-line" />
          </li>
        ))}
      </ul>
    </section>
  );
}
