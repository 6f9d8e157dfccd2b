import type { Tally } from '../contract.ts';
import { table, took } from './columns.ts';
import type { StatsReport } from './stats.ts';

/** The report for a person. Bars only on a terminal: a pipe gets figures alone. */
export function statsText(report: StatsReport, terminal: boolean): string {
  const { from, total, models } = report;
  const since = `since ${new Date(from * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (total.requests === 0) return `No requests ${since}.\n`;
  const facts = [
    ['requests', `${count(total.requests)} ${since}`],
    ['from cache', part(total.hits, total)],
    ['demoted', part(total.demoted, total) + reasons(total)],
    ['failed', part(total.failed, total)],
    ['tokens', `${count(total.tokens_in)} in, ${count(total.tokens_out)} out`],
    ['worth', worthText(report)],
    ['swapped out', total.swapouts === 0 ? 'nothing' : `${count(total.swapouts)} pages while requests ran`],
  ];
  return `${table(facts)}\n${modelTable(models, total, terminal)}\n${hoursText(report.hours, terminal)}`;
}

const count = (value: number): string => value.toLocaleString('en-US');
const part = (some: number, { requests }: Tally): string => `${count(some)} (${percent(some, requests)})`;
const percent = (some: number, all: number): string => `${((some / all) * 100).toFixed(1)}%`;

function reasons({ reasons: all }: Tally): string {
  const named = Object.entries(all)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, times]) => `${reason} ${times}`);
  return named.length === 0 ? '' : `: ${named.join(', ')}`;
}

function worthText({ saved, prices }: StatsReport): string {
  if (saved === null || prices === null)
    return 'unknown: set prices in the config, or in the window, to see what this would have cost elsewhere';
  const { input, output, currency } = prices;
  return `${saved.toFixed(2)} ${currency} at ${input} in and ${output} out per million tokens`;
}

function modelTable(models: StatsReport['models'], total: Tally, terminal: boolean): string {
  const time = (seconds: number | null): string => (seconds === null ? '-' : took(seconds));
  const head = ['model', 'requests', 'cached', 'demoted', 'failed', 'p50', 'p95', 'first p50'];
  const rows = models.map(({ model, requests, hits, demoted, failed, p50, p95, ttft_p50 }) => [
    model,
    ...[requests, hits, demoted, failed].map(count),
    ...[p50, p95, ttft_p50].map(time),
    ...(terminal ? [bar(requests / total.requests)] : []),
  ]);
  return table([[...head, ...(terminal ? [''] : [])], ...rows], [1, 2, 3, 4, 5, 6, 7]);
}

const BAR = 20;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share of the whole as blocks, to an eighth of one. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

function hoursText(hours: number[], terminal: boolean): string {
  const most = Math.max(...hours);
  const busiest = hours
    .map((requests, hour) => ({ requests, hour }))
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
    .slice(0, 3)
    .map(({ requests, hour }) => `${String(hour).padStart(2, '0')}:00 (${count(requests)})`);
  const line = `busiest hours  ${busiest.join(', ')}\n`;
  if (!terminal) return line;
  const columns = hours.map((requests) =>
    requests === 0 ? ' ' : (HEIGHTS[Math.min(7, Math.floor((requests / most) * 7.99))] ?? ''),
  );
  return `${line}               0h ${columns.join('')} 23h\n`;
}
