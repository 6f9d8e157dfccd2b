import { useMemo, useState } from 'react';
import type { MemoryMinute, Span, Stats } from '../../proxy/contract.ts';
import { rate } from '../format/bytes.ts';
import { percent } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import { Segments } from '../parts/segments.tsx';
import { usePage } from '../state/page.ts';
import { useStore } from '../state/store.ts';
import { useFetched } from '../state/use-fetched.ts';
import { useStats } from '../state/use-stats.ts';
import { Chart } from './chart.tsx';
import { demotedCurves, hitCurves, latencyCurves, memoryCurves, swapCurves } from './curve-sets.ts';
import { demotedColumns, hitColumns, latencyColumns, marksOf, memoryColumns, swapColumns } from './curves.ts';
import { SavedCard } from './saved-card.tsx';
import { demotedSummary, hitSummary, latencySummary, memorySummary, swapSummary } from './summaries.ts';

const SPANS: Record<Span, string> = { hour: 'Hour', day: 'Day', week: 'Week' };
const SECONDS: Record<Span, number> = { hour: 3600, day: 86_400, week: 604_800 };
const MINUTE = 60_000;

/** The last hour, day or week: what it saved, memory, latency, the cache, demotions. */
export function Charts() {
  const [span, setSpan] = useState<Span>('day');
  const { stats, error } = useStats(span);
  return (
    <div className="charts">
      <div className="charts-head">
        <Segments label="The last" options={SPANS} value={span} onChange={setSpan} />
      </div>
      <div className="charts-body">
        {error && <p className="notice">{error}</p>}
        {stats?.counting && (
          <p className="notice" role="status">
            The log is being counted, {percent(stats.counting.done, stats.counting.of)} so far: there is more
            to come.
          </p>
        )}
        {stats ? (
          <SavedCard stats={stats} />
        ) : (
          <div className="card chart-bone bone-saved" aria-busy="true" />
        )}
        <MemoryCharts span={span} stats={stats} />
        {stats ? (
          <RequestCharts key={span} stats={stats} />
        ) : (
          !error && <div className="card chart-bone" aria-busy="true" />
        )}
      </div>
    </div>
  );
}

function RequestCharts({ stats }: { stats: Stats }) {
  const shared = { from: stats.from, to: stats.to };
  const latency = useMemo(() => latencyColumns(stats), [stats]);
  const hits = useMemo(() => hitColumns(stats), [stats]);
  const demoted = useMemo(() => demotedColumns(stats), [stats]);
  return (
    <>
      <Chart
        {...shared}
        title="Latency"
        summary={latencySummary(stats)}
        columns={latency}
        curves={latencyCurves}
        height={120}
        axis={seconds}
      />
      <Chart
        {...shared}
        title="Cache"
        summary={hitSummary(stats)}
        columns={hits}
        curves={hitCurves}
        height={90}
        max={100}
        axis={percents}
      />
      <Chart
        {...shared}
        title="Demotions"
        summary={demotedSummary(stats)}
        columns={demoted}
        curves={demotedCurves}
        height={90}
        max={3}
        axis={wholes}
      />
    </>
  );
}

function MemoryCharts({ span, stats }: { span: Span; stats: Stats | null }) {
  const total = useStore(usePage().live).status?.memory.total ?? null;
  const history = useFetched<{ minutes: MemoryMinute[] }>(`/api/memory/history?span=${span}`, MINUTE);
  const drawn = useMemo(() => {
    if (total === null || !history.value) return null;
    const to = Date.now() / 1000;
    const from = to - SECONDS[span];
    const minutes = history.value.minutes.filter(({ ts }) => ts >= from);
    return { from, to, minutes, memory: memoryColumns(minutes, total), swap: swapColumns(minutes) };
  }, [total, history.value, span]);
  const marks = useMemo(() => (stats ? marksOf(stats) : []), [stats]);
  if (history.error) return <p className="notice">{history.error}</p>;
  if (!drawn || total === null) return <div className="card chart-bone" aria-busy="true" />;
  const { from, to, minutes, memory, swap } = drawn;
  return (
    <>
      <Chart
        title="Memory"
        summary={memorySummary(minutes, to)}
        columns={memory}
        curves={memoryCurves}
        from={from}
        to={to}
        max={total}
        height={130}
        axis={gigabytes}
      />
      <Chart
        title="Swapped out"
        summary={swapSummary(minutes, stats)}
        columns={swap}
        curves={swapCurves}
        from={from}
        to={to}
        max={100}
        height={90}
        axis={rate}
        marks={marks}
      />
    </>
  );
}

const gigabytes = (value: number): string => (value === 0 ? '0' : `${Math.round(value / 1e9)} GB`);
const seconds = (value: number): string => (value === 0 ? '0' : duration(value));
const percents = (value: number): string => `${value}%`;
const wholes = (value: number): string => (Number.isInteger(value) ? String(value) : '');
