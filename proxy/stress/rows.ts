import { EXIT, type Receipt } from '../contract.ts';
import type { StressEvent, StressRequest, StressResult, StressSample } from './run.ts';
import type { ModelSummary, StressSummary } from './summary.ts';

const WIDTHS = [7, 10, 11, 10, 12, 12, 10, 9];
const row = (cells: string[]): string =>
  `${cells.map((cell, column) => cell.padStart(WIDTHS[column] ?? 0)).join('')}\n`;

/** What is going to happen, and the head of the columns. */
export function stressHead({ options, total }: StressResult): string {
  const { models, each, rounds, guard } = options;
  const plan = `${each} at a time to each of ${models.join(' and ')}, ${rounds} rounds, ${total} requests`;
  const guarded = guard === 'on' ? '' : '; Toaster does not plan memory (--guard off)';
  const head = ['time', 'ollama', 'llama.cpp', 'free', 'swapouts/s', 'pageouts/s', 'pressure', 'running'];
  return `${plan}${guarded}\n\n${row(head)}`;
}

/** A line for each sample of memory, and for each request that has ended. */
export function stressRow(event: StressEvent): string {
  return 'sample' in event ? sampleRow(event.sample) : requestRow(event.request);
}

function sampleRow(sample: StressSample): string {
  const { at, ollama, llamacpp, available, swapouts, pageouts, pressure, running } = sample;
  return row([
    `${Math.round(at)} s`,
    gb(ollama),
    gb(llamacpp),
    gb(available),
    rate(swapouts),
    rate(pageouts),
    pressure,
    String(running),
  ]);
}

function requestRow({ at, receipt }: StressRequest): string {
  const { model, latency_s, ttft_s, load_s } = receipt;
  const times = [
    `${latency_s.toFixed(1)} s`,
    ...(ttft_s === null ? [] : [`first token ${ttft_s.toFixed(1)} s`]),
    ...(load_s ? [`load ${load_s.toFixed(1)} s`] : []),
  ];
  return `${`${Math.round(at + latency_s)} s`.padStart(WIDTHS[0] ?? 0)}  ${model}: ${outcome(receipt)}, ${times.join(', ')}\n`;
}

function outcome({ exit_code, demoted, served_by, degraded_reason, memory, error }: Receipt): string {
  if (exit_code !== EXIT.answered) return `failed (${error ?? 'interrupted'})`;
  const tight = memory === null ? '' : `, memory was ${memory}`;
  return demoted ? `degraded → ${served_by} (${degraded_reason})${tight}` : `answered${tight}`;
}

/** A table by model, and the verdict. */
export function stressTail({ models, verdict }: StressSummary): string {
  const head = ['', 'requests', 'demoted', 'failed', 'p50', 'p95', 'first p50', 'loading'];
  const rows = [head, ...models.map(modelRow)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const table = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return `\n${table.join('\n')}\n\n${verdict}\n`;
}

function modelRow({
  model,
  requests,
  demoted,
  failed,
  latency,
  firstToken,
  loading,
}: ModelSummary): string[] {
  const counts = [requests, demoted, failed].map(String);
  return [
    model,
    ...counts,
    seconds(latency?.p50),
    seconds(latency?.p95),
    seconds(firstToken?.p50),
    seconds(loading),
  ];
}

const seconds = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} s`);
const gb = (bytes: number | null): string => (bytes === null ? '-' : `${(bytes / 1e9).toFixed(1)} GB`);
const rate = (value: number | null): string => (value === null ? '-' : String(Math.round(value)));
