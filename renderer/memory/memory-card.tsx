import type { Status } from '../../proxy/contract.ts';
import { bytes, rate } from '../format/bytes.ts';
import { MemoryBar } from './memory-bar.tsx';
import { PressureLine } from './pressure-line.tsx';
import { segmentsOf } from './segments.ts';

/** The machine's memory: what is free for models, who has the rest, and whether it is too much. */
export function MemoryCard({ status }: { status: Status }) {
  const { memory, free_for_models: free, queue, budget } = status;
  const { swapouts, pageouts } = memory.rates;
  const tight = status.models.find((one) => one.tight);
  return (
    <section className="card memory" aria-labelledby="memory-title">
      <h2 id="memory-title" className="hidden">
        Memory
      </h2>
      <div className="memory-head">
        <p className="memory-free">
          {free === null ? (
            <span className="dim">This machine does not tell what is free</span>
          ) : (
            <>
              <strong>{bytes(free)}</strong> free for models
            </>
          )}
        </p>
        <PressureLine pressure={status.pressure} />
      </div>
      {tight && (
        <p className="notice" role="status">
          {tight.weights} exceeds what was free and runs alone; the machine may page.
        </p>
      )}
      <MemoryBar total={memory.total} segments={segmentsOf(status)} />
      <dl className="figures">
        <Figure name="Swap used" value={memory.swap_used === null ? null : bytes(memory.swap_used)} />
        <Figure name="Swapped out" value={swapouts === null ? null : `${rate(swapouts)}/s`} />
        <Figure name="Paged out" value={pageouts === null ? null : `${rate(pageouts)}/s`} />
        {budget !== null && <Figure name="Budget" value={bytes(budget)} />}
        {queue > 0 && <Figure name="Waiting" value={String(queue)} />}
      </dl>
    </section>
  );
}

/** A measured value; null is a machine that does not tell, which is not 0. */
function Figure({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      {value === null ? (
        <dd className="dim" title="This machine does not tell">
          not told
        </dd>
      ) : (
        <dd>{value}</dd>
      )}
    </div>
  );
}

/** As tall as the card, so that nothing jumps. */
export function MemorySkeleton() {
  return (
    <section className="card memory skeleton" aria-label="Memory">
      <div className="bone bone-head" />
      <div className="bone bone-bar" />
      <div className="bone bone-legend" />
      <div className="bone bone-figures" />
    </section>
  );
}
