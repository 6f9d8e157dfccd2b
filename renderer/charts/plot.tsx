import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { useMedia } from '../state/use-media.ts';
import type { Columns, Mark } from './curves.ts';

/** How one curve looks. Colours are names of CSS variables. */
export interface Curve {
  color: string;
  /** Filled down to zero; `bars` are columns. */
  shape: 'line' | 'area' | 'bars';
  dash?: boolean;
}

/** A chart: it draws when its data change, and does nothing else. */
export function Plot(props: {
  columns: Columns;
  curves: Curve[];
  from: number;
  to: number;
  /** The top of the scale, at least. */
  max?: number;
  height: number;
  axis: (value: number) => string;
  marks?: Mark[];
  /** Which point is pointed at; null: none. */
  onPoint: (index: number | null) => void;
}) {
  const { columns, curves, from, to, max, height, axis, marks, onPoint } = props;
  const place = useRef<HTMLDivElement>(null);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const contrast = useMedia('(prefers-contrast: more)');
  const looks = JSON.stringify([curves, dark, contrast]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `looks` stands for the curves, and for the colours behind their names
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const line = { stroke: color('--line'), width: 1 };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
        padding: [marks ? 22 : 6, 4, 0, 0],
        scales: {
          x: { time: true, range: () => [from, to] },
          y: { range: (_, __, top) => [0, topOf(top, max)] },
        },
        axes: [
          {
            stroke: color('--dim'),
            font: FONT,
            size: 20,
            gap: 2,
            grid: { show: false },
            ticks: { show: false },
            space: 60,
            values: timeTicks,
          },
          {
            stroke: color('--dim'),
            font: FONT,
            size: 40,
            gap: 5,
            grid: line,
            ticks: { show: false },
            space: 28,
            values: (_, ticks) => ticks.map(axis),
          },
        ],
        series: [{}, ...curves.map((curve) => seriesOf(curve, color))],
        hooks: {
          setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
          draw: [(drawn) => drawMarks(drawn, marks ?? [], color)],
        },
      },
      columns,
      element,
    );
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [columns, looks, from, to, max, height, axis, marks, onPoint]);
  return <div ref={place} className="plot" style={{ height }} aria-hidden="true" />;
}

const FONT = '10px -apple-system, Helvetica, Arial, sans-serif';

/** A little air above the highest value, unless it stays below what is the least top anyway. */
function topOf(top: number | null, least = 1e-9): number {
  return top !== null && top > least ? top * 1.08 : least;
}

const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });

function timeTicks(_: UPlot, ticks: number[], __: number, ___: number, step: number): string[] {
  return ticks.map((tick) => (step >= 86_400 ? days : hours).format(new Date(tick * 1000)));
}

function seriesOf({ color: name, shape, dash }: Curve, color: (name: string) => string): UPlot.Series {
  const drawn = color(name);
  const shared = { stroke: drawn, width: 1.5, points: { show: false }, spanGaps: false };
  if (shape === 'line')
    // A lone value between gaps would be no line at all.
    return {
      ...shared,
      ...(dash && { dash: [4, 3] }),
      points: { show: true, size: 3, width: 0, fill: drawn },
    };
  if (shape === 'area') return { ...shared, fill: drawn, width: 0 };
  const bars = UPlot.paths.bars?.({ size: [0.7, 14], radius: 0.15 });
  return { ...shared, fill: drawn, width: 0, ...(bars && { paths: bars }) };
}

/** Requests that were demoted (a triangle down) or failed (a cross), in a row of their own each above the curves. */
function drawMarks(plot: UPlot, marks: Mark[], color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const size = 2.75 * devicePixelRatio;
  const rows: Record<Mark['kind'], number> = {
    demoted: bbox.top - 15 * devicePixelRatio,
    failed: bbox.top - 6 * devicePixelRatio,
  };
  ctx.save();
  for (const { ts, kind } of marks) {
    const x = plot.valToPos(ts, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const y = rows[kind];
    ctx.beginPath();
    if (kind === 'demoted') {
      ctx.fillStyle = color('--warn');
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y - size);
      ctx.lineTo(x, y + size);
      ctx.fill();
    } else {
      ctx.strokeStyle = color('--bad');
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
      ctx.stroke();
    }
  }
  ctx.restore();
}
