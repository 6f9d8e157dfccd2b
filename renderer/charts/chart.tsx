import { useCallback, useId, useState } from 'react';
import { clock } from '../format/time.ts';
import type { Columns, Mark } from './curves.ts';
import { type Curve, Plot } from './plot.tsx';

/** What one curve is called and how its values are said. */
export interface Named extends Curve {
  name: string;
  /** Its value at a point; stacked curves take off what is below. */
  value: (columns: Columns, index: number) => string;
}

/** How many rows a table has at most. */
const ROWS = 24;

/** A chart with its words: a summary, what is pointed at, and all of it as a table for whoever asks. */
export function Chart(props: {
  title: string;
  summary: string;
  columns: Columns;
  curves: Named[];
  from: number;
  to: number;
  max?: number;
  height: number;
  axis: (value: number) => string;
  marks?: Mark[];
}) {
  const { title, summary, columns, curves, from, to, max, height, axis, marks } = props;
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const point = useCallback((index: number | null) => setAt(index), []);
  const titleId = useId();
  const ts = at === null ? undefined : columns[0][at];
  return (
    <figure className="card chart" aria-labelledby={titleId}>
      <div className="chart-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="as-table" aria-pressed={table} onClick={() => setTable(!table)}>
          Table<span className="hidden"> of {title}</span>
        </button>
      </div>
      <figcaption>{summary}</figcaption>
      {table ? (
        <ChartTable title={title} columns={columns} curves={curves} />
      ) : (
        <Plot
          columns={columns}
          curves={curves}
          from={from}
          to={to}
          height={height}
          axis={axis}
          onPoint={point}
          {...(max !== undefined && { max })}
          {...(marks && { marks })}
        />
      )}
      <ul className="chart-legend">
        {curves.map(({ name, color, shape, dash, value }) => (
          <li key={name}>
            <span className={`key key-${dash ? 'dash' : shape}`} style={{ color: `var(${color})` }} />
            {name}
            {at !== null && ts !== undefined && <span className="dim">{value(columns, at)}</span>}
          </li>
        ))}
        {marks && <li className="key-mark key-demoted">demoted</li>}
        {marks && <li className="key-mark key-failed">failed</li>}
        {ts !== undefined && <li className="chart-at dim">{clock(ts, to)}</li>}
      </ul>
    </figure>
  );
}

function ChartTable({ title, columns, curves }: { title: string; columns: Columns; curves: Named[] }) {
  const [times] = columns;
  const step = Math.max(1, Math.ceil(times.length / ROWS));
  const rows = times.flatMap((ts, index) => (index % step === 0 ? [{ ts, index }] : []));
  const now = Date.now() / 1000;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="chart-table" tabIndex={0} aria-label={`${title} as a table`}>
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {curves.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ ts, index }) => (
            <tr key={ts}>
              <th scope="row">{clock(ts, now)}</th>
              {curves.map(({ name, value }) => (
                <td key={name}>{value(columns, index)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
