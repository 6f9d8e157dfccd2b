import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { councilRows } from './council.ts';
import { interleave, type Target, type Timing, throughput } from './measure.ts';
import { type Program, rssMb, startBareNode, startProgram, stopAll } from './processes.ts';
import { whyRow } from './why.ts';

/**
 * `npm run bench`: what Toaster adds, measured against something else in the same run, so that the figures say the same
 * on any machine. A table on the screen, all of it in dist/bench.json.
 */

const top = fileURLToPath(new URL('../..', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'toaster-bench-'));
const messages = [{ role: 'user', content: 'Write a one-line commit message.' }];

interface Row {
  what: string;
  measured: string;
  /** What is compared with the aim. */
  value: number;
  aim: number | null;
}

async function main(): Promise<Row[]> {
  const upstream = await startProgram(['test/fake-ollama/main.ts', '--port', '0', '--models', 'fast:9b']);
  const slow = await startProgram([
    'test/fake-ollama/main.ts',
    '--port',
    '0',
    '--models',
    'fast:9b',
    '--token-ms',
    '60',
  ]);
  const pipe = await startProgram(['build/bench/pipe.ts', upstream.url]);
  const toaster = await startToaster(upstream, slow);
  const bareNode = startBareNode();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const memory = memoryRow(toaster.pid, bareNode);
  return [
    ...(await latencyRows(upstream, pipe, toaster)),
    await firstTokenRow(slow, toaster),
    ...(await throughputRows(upstream, pipe, toaster)),
    ...(await hitRows(toaster)),
    askRow(toaster),
    whyRow(toaster.url, data),
    ...(await councilRows(data)),
    memory,
  ];
}

async function startToaster(upstream: Program, slow: Program): Promise<Program> {
  const config = join(data, 'config.yaml');
  writeFileSync(
    config,
    `runtimes:
  ollama: { url: "${upstream.url}" }
  slow: { kind: ollama, url: "${slow.url}" }
weights:
  qwen-9b: { name: "fast:9b" }
  slow: { runtime: slow, name: "fast:9b", size_gb: 1 }
models:
  slow: { weights: slow }
`,
  );
  return startProgram(['dist/main.js'], { ASK_PORT: '0', ASK_CONFIG: config, ASK_DATA_DIR: data });
}

const direct = ({ url }: Program): Target => ({
  name: 'direct',
  url,
  path: '/api/chat',
  body: { model: 'fast:9b', messages, options: { num_ctx: 8192 } },
});
const through = ({ url }: Program, model = 'fast-9b', headers = {}): Target => ({
  name: 'toaster',
  url,
  path: '/v1/chat/completions',
  body: { model, messages, stream: true },
  headers,
});

const totals = (timings: Timing[] | undefined): number[] => (timings ?? []).map(({ totalMs }) => totalMs);
const firsts = (timings: Timing[] | undefined): number[] => (timings ?? []).map(({ firstMs }) => firstMs);
const ms = (value: number): string => `${value.toFixed(2)} ms`;

async function latencyRows(upstream: Program, pipe: Program, toaster: Program): Promise<Row[]> {
  const timings = await interleave(
    [direct(upstream), { ...direct(pipe), name: 'pipe' }, through(toaster)],
    1500,
  );
  const at = (name: string, share: number): number => percentile(totals(timings.get(name)), share);
  const added = at('toaster', 0.5) - at('direct', 0.5);
  const pipeAdded = at('pipe', 0.5) - at('direct', 0.5);
  return [
    {
      what: 'added p50 over a bare pipe',
      measured: `${ms(added)} to ${ms(pipeAdded)}`,
      value: added / pipeAdded,
      aim: 2,
    },
    {
      what: 'p99 over a bare pipe',
      measured: `${ms(at('toaster', 0.99))} to ${ms(at('pipe', 0.99))}`,
      value: at('toaster', 0.99) / at('pipe', 0.99),
      aim: null,
    },
  ];
}

async function firstTokenRow(slow: Program, toaster: Program): Promise<Row> {
  const timings = await interleave([direct(slow), through(toaster, 'slow')], 20);
  const [bare, proxied] = ['direct', 'toaster'].map((name) => percentile(firsts(timings.get(name)), 0.5));
  const value = (proxied ?? Number.NaN) / (bare ?? Number.NaN);
  return {
    what: 'first token, 60 ms upstream',
    measured: `${ms(proxied ?? 0)} to ${ms(bare ?? 0)}`,
    value,
    aim: 1.03,
  };
}

async function throughputRows(upstream: Program, pipe: Program, toaster: Program): Promise<Row[]> {
  const targets = [direct(upstream), { ...direct(pipe), name: 'pipe' }, through(toaster)];
  const rates = new Map<string, number[]>();
  for (let round = 0; round < 3; round++)
    for (const target of targets)
      rates.set(target.name, [...(rates.get(target.name) ?? []), await throughput(target, 10, 2)]);
  const rate = (name: string): number => percentile(rates.get(name) ?? [], 0.5);
  return [
    {
      what: 'requests/s at 10 connections, of a bare pipe',
      measured: `${Math.round(rate('toaster'))} to ${Math.round(rate('pipe'))}`,
      value: rate('toaster') / rate('pipe'),
      aim: null,
    },
  ];
}

async function hitRows(toaster: Program): Promise<Row[]> {
  const health: Target = { name: 'health', url: toaster.url, path: '/health', body: null };
  const timings = await interleave([through(toaster, 'fast-9b', { 'x-cache': 'use' }), health], 1500);
  const at = (name: string, share: number): number => percentile(totals(timings.get(name)), share);
  return [
    {
      what: 'cache hit p50 over GET /health',
      measured: `${ms(at('toaster', 0.5))} to ${ms(at('health', 0.5))}`,
      value: at('toaster', 0.5) / at('health', 0.5),
      aim: null,
    },
    { what: 'cache hit p99, ms', measured: ms(at('toaster', 0.99)), value: at('toaster', 0.99), aim: 5 },
  ];
}

function askRow(toaster: Program): Row {
  const env = { ...process.env, ASK_URL: toaster.url, ASK_DATA_DIR: data };
  const time = (command: string, args: string[]): number => {
    const began = performance.now();
    execFileSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    return performance.now() - began;
  };
  const runs = Array.from({ length: 60 }, () => ({
    ask: time(join(top, 'cli', 'ask'), ['the same question']),
    node: time(process.execPath, ['-e', '0']),
  })).slice(5);
  const [ask, node] = [
    percentile(
      runs.map((run) => run.ask),
      0.5,
    ),
    percentile(
      runs.map((run) => run.node),
      0.5,
    ),
  ];
  return {
    what: 'ask on a hit, of node -e 0',
    measured: `${ms(ask)} to ${ms(node)}`,
    value: ask / node,
    aim: 0.5,
  };
}

function memoryRow(toaster: number, bareNode: number): Row {
  const [used, bare] = [rssMb(toaster), rssMb(bareNode)];
  return {
    what: 'idle memory over bare Node',
    measured: `${Math.round(used)} MB to ${Math.round(bare)} MB`,
    value: used / bare,
    aim: 2.2,
  };
}

function print(rows: Row[]): void {
  const cells = rows.map(({ what, measured, value, aim }) => [
    what,
    measured,
    value.toFixed(2),
    aim === null ? '' : `at most ${aim}${value <= aim ? '' : '  MISSED'}`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((cell) => cell[column]?.length ?? 0)));
  for (const cell of cells)
    console.log(
      cell
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    );
}

/** A program that prints a table of its own. */
function printOutputOf(title: string, program: string): void {
  console.log(`\n${title}\n`);
  execFileSync(process.execPath, [program], { stdio: 'inherit' });
}

process.chdir(top);
try {
  const rows = await main();
  mkdirSync('dist', { recursive: true });
  writeFileSync(
    'dist/bench.json',
    `${JSON.stringify({ node: process.version, platform: `${process.platform} ${process.arch}`, rows }, null, 2)}\n`,
  );
  print(rows);
  await stopAll();
  printOutputOf(
    'An hour on a simulated 24 GB machine, without and with planning:',
    'test/simulation/main.ts',
  );
  printOutputOf('A real Ollama, two real models, a budget for one of them:', 'test/ollama/main.ts');
} finally {
  await stopAll();
  rmSync(data, { recursive: true, force: true });
}
