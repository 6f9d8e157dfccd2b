import { escapeHtml } from './escape-html.ts';

export interface Series {
  name: string;
  /** A colour of the page's style sheet: `--a`, `--b`, `--c`. */
  color: string;
  /** Seconds and value; null leaves a gap. */
  points: [number, number | null][];
}

export interface Chart {
  title: string;
  /** How a value is written at the axis. */
  label(value: number): string;
  series: Series[];
  /** The length of the time axis. */
  seconds: number;
  /** A value to draw a line at. */
  limit?: number;
}

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 64;
const BOTTOM = 24;
const TOP = 8;

/** The curves of a chart over time, as an SVG that needs nothing else; says so where there is nothing to draw. */
export function lineChart({ title, label, series, seconds, limit }: Chart): string {
  const values = series.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  if (values.length === 0) return figure(title, '<p class="none">This machine does not tell.</p>', []);
  const top = Math.max(...values, limit ?? 0, 1e-9) * 1.08;
  const x = (at: number): number => LEFT + (at / Math.max(seconds, 1)) * (WIDTH - LEFT - 8);
  const y = (value: number): number => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.5, 1].map((share) => {
    const value = (top / 1.08) * share;
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(value)}" y2="${y(value)}"/><text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${label(value)}</text>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(seconds * share)}" y="${HEIGHT - 6}" text-anchor="${share === 1 ? 'end' : 'middle'}">${Math.round(seconds * share)} s</text>`,
  );
  const mark =
    limit === undefined
      ? ''
      : `<line class="limit" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(limit)}" y2="${y(limit)}"/>`;
  const lines = series.map(
    ({ color, points }) => `<path style="stroke: var(${color})" d="${path(points, x, y)}"/>`,
  );
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${grid.join('')}${ticks.join('')}${mark}${lines.join('')}</svg>`;
  return figure(title, svg, series);
}

function path(points: Series['points'], x: (at: number) => number, y: (value: number) => number): string {
  let pen: 'M' | 'L' = 'M';
  return points
    .map(([at, value]) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

function figure(title: string, body: string, series: Series[]): string {
  const legend = series
    .map(({ name, color }) => `<span><i style="background: var(${color})"></i>${escapeHtml(name)}</span>`)
    .join('');
  return `<figure><figcaption>${escapeHtml(title)} ${legend}</figcaption>${body}</figure>`;
}
