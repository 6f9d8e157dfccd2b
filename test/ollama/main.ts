import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '../../proxy/contract.ts';
import { pathsFrom } from '../../proxy/paths.ts';
import { serve } from '../../proxy/serve.ts';
import type { StressResult } from '../../proxy/stress/run.ts';
import type { StressSummary } from '../../proxy/stress/summary.ts';
import { printTable } from '../helpers/print-table.ts';
import { type RealOllama, startRealOllama } from '../helpers/real-ollama.ts';
import { until } from '../helpers/requests.ts';

/**
 * Prints what a real Ollama does with two real models and a budget for one of them, with and without planning, and what
 * they were found to take. `OLLAMA_BIN=... node test/ollama/main.ts`
 */

type Run = StressResult & { summary: StressSummary };
const MB = 1e6;
/** An Ollama without any runner takes less. */
const BARE = 100 * MB;

const configOf = ({ url, able, twin }: RealOllama, budgetGb: number): string => `
runtimes: { ollama: { url: "${url}" } }
memory: { budget_gb: ${budgetGb}, reserve_gb: 0, system_gb: 0 }
weights:
  qwen-9b: { name: "${able}", size_gb: 0.5, context: 1024 }
  llama-1b: { name: "${twin}", size_gb: 0.06, context: 512 }
models: { fast-9b: { fallback: [] }, fast-1b: { fallback: [] } }
`;

/** Each run begins with nothing in memory. */
async function cool(url: string, tokenFile: string): Promise<void> {
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
  for (const model of ['fast-9b', 'fast-1b']) {
    const response = await fetch(`${url}/api/models/${model}/cool`, { method: 'POST', headers });
    if (!response.ok) throw new Error(await response.text());
  }
  await until(async () => ((await statusOf(url)).memory.resident.ollama ?? 0) < BARE);
}

async function statusOf(url: string): Promise<Status> {
  return (await (await fetch(`${url}/api/status`)).json()) as Status;
}

async function stress(url: string, guard: string): Promise<Run> {
  const form = new URLSearchParams({ v: '1' });
  for (const word of ['--stress', '--tiers', '9b,1b', '--rounds', '4', '--json', '--guard', guard])
    form.append('a', word);
  const response = await fetch(`${url}/ask`, { method: 'POST', headers: { 'X-Ask': '1' }, body: form });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Run;
}

const mostMb = ({ samples }: Run): number => Math.max(...samples.map(({ ollama }) => ollama ?? 0)) / MB;
const ofModels = (
  { summary }: Run,
  of: (model: StressSummary['models'][number]) => number | undefined,
): string => summary.models.map((model) => of(model)?.toFixed(1) ?? '-').join(' / ');
const sum = ({ summary }: Run, of: (model: StressSummary['models'][number]) => number): string =>
  String(summary.models.reduce((all, model) => all + of(model), 0));

function printRuns(runs: Run[], budgetMb: number): void {
  const rows: [string, (run: Run) => string][] = [
    ['answered', (run) => sum(run, ({ requests, failed }) => requests - failed)],
    ['lost', (run) => sum(run, ({ failed }) => failed)],
    [`Ollama and its runners at most, MB (budget ${budgetMb})`, (run) => mostMb(run).toFixed(0)],
    ['p50 of the larger / the smaller, s', (run) => ofModels(run, ({ latency }) => latency?.p50)],
    ['seconds in loads, the larger / the smaller', (run) => ofModels(run, ({ loading }) => loading)],
  ];
  printTable([['', 'without', 'with'], ...rows.map(([what, of]) => [what, ...runs.map(of)])]);
}

async function main(ollama: RealOllama, folder: string): Promise<void> {
  const paths = pathsFrom({ ASK_DATA_DIR: folder, ASK_CONFIG: join(folder, 'config.yaml') });
  const budgetGb = ollama.real ? 0.62 : 0.12;
  writeFileSync(paths.config, configOf(ollama, budgetGb));
  const proxy = await serve({ paths, port: 0, warn: (message) => console.error(message) });
  try {
    const runs: Run[] = [];
    for (const guard of ['off', 'on']) {
      await cool(proxy.url, paths.adminToken);
      runs.push(await stress(proxy.url, guard));
    }
    printRuns(runs, budgetGb * 1000);
    const { models } = await statusOf(proxy.url);
    const { weights } = proxy.live.current.config;
    const used = models.filter(({ model, measured }) => measured && /^fast-[91]b$/.test(model));
    console.log();
    printTable([
      ['weights', 'config says, MB', 'measured, MB'],
      ...used.map((one) => [
        one.weights,
        String((weights[one.weights]?.size_gb ?? 0) * 1000),
        (one.size / MB).toFixed(0),
      ]),
    ]);
  } finally {
    await proxy.close(0);
  }
}

const ollama = await startRealOllama();
if (typeof ollama === 'string') console.log(`skipped: ${ollama}`);
else {
  const folder = mkdtempSync(join(tmpdir(), 'ollama-table-'));
  try {
    await main(ollama, folder);
  } finally {
    await ollama.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
