/** One thing that grows, and what a request costs at each size of it. */
export interface Series {
  name: string;
  /** Of the size. */
  unit: string;
  /** Size, and milliseconds. */
  points: [size: number, ms: number][];
}

const WIDTH = 340;
const HEIGHT = 210;
const PAD = { left: 56, right: 16, top: 34, bottom: 30 };
const INK = '#57606a';
const LINE = '#c2410c';

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);

/** A table in Markdown for each series. */
export function table(series: Series[]): string {
  const blocks = series.map(({ name, unit, points }) => {
    const sizes = points.map(([size]) => `${size.toLocaleString('en')}${unit === '' ? '' : ` ${unit}`}`);
    const costs = points.map(([, ms]) => `${shown(ms)} ms`);
    return [
      `| ${name} | ${sizes.join(' | ')} |`,
      `|${' --- |'.repeat(points.length + 1)}`,
      `| cost | ${costs.join(' | ')} |`,
      '',
    ].join('\n');
  });
  return blocks.join('\n');
}

/** All series as small charts, both axes logarithmic: flat is flat, and linear has the slope of the dashes. */
export function plot(series: Series[]): string {
  const rows = Math.ceil(series.length / 2);
  const charts = series.map(
    (one, n) =>
      `<g transform="translate(${(n % 2) * WIDTH} ${Math.floor(n / 2) * HEIGHT})">${chart(one)}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${rows * HEIGHT}" font-family="system-ui, sans-serif" font-size="11" fill="${INK}"><title>What a request costs as things grow</title><rect width="100%" height="100%" fill="#fff"/>
${charts.join('\n')}
</svg>
`;
}

function chart({ name, unit, points }: Series): string {
  const sizes = points.map(([size]) => Math.log10(size));
  const costs = points.map(([, ms]) => Math.log10(ms));
  // Whole decades, so that the charts can be compared.
  const [low, high] = [
    Math.floor(Math.min(...costs)),
    Math.max(Math.ceil(Math.max(...costs)), Math.floor(Math.min(...costs)) + 1),
  ];
  const [first, last] = [Math.min(...sizes), Math.max(...sizes)];
  const x = (log: number): number =>
    PAD.left + ((log - first) / (last - first)) * (WIDTH - PAD.left - PAD.right);
  const y = (log: number): number =>
    HEIGHT - PAD.bottom - ((log - low) / (high - low)) * (HEIGHT - PAD.top - PAD.bottom);
  const grid = Array.from({ length: high - low + 1 }, (_, n) => low + n).map(
    (decade) =>
      `<line x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(decade)}" y2="${y(decade)}" stroke="#d0d7de"/><text x="${PAD.left - 6}" y="${y(decade) + 4}" text-anchor="end">${10 ** decade} ms</text>`,
  );
  const ticks = sizes.map(
    (log, n) =>
      `<text x="${x(log)}" y="${HEIGHT - PAD.bottom + 16}" text-anchor="middle">${points[n]?.[0].toLocaleString('en', { notation: 'compact' })}</text>`,
  );
  const path = sizes.map((log, n) => `${x(log)},${y(costs[n] ?? 0)}`).join(' ');
  const dots = sizes.map(
    (log, n) => `<circle cx="${x(log)}" cy="${y(costs[n] ?? 0)}" r="3" fill="${LINE}"/>`,
  );
  // From where it begins, a cost that grows with the size would take this way.
  const rise = Math.min(last - first, high - (costs[0] ?? low));
  const slope = `<line x1="${x(first)}" y1="${y(costs[0] ?? 0)}" x2="${x(first + rise)}" y2="${y((costs[0] ?? 0) + rise)}" stroke="${INK}" stroke-dasharray="3 4"/>`;
  const title = `<text x="${PAD.left}" y="20" font-weight="600">${name}${unit === '' ? '' : ` (${unit})`}</text>`;
  return [
    title,
    ...grid,
    ...ticks,
    slope,
    `<polyline points="${path}" fill="none" stroke="${LINE}" stroke-width="2"/>`,
    ...dots,
  ].join('');
}
