import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { once, type Target } from '../../build/bench/measure.ts';
import { type Program, startProgram, stop, stopAll, TOASTER } from '../../build/bench/processes.ts';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { plot, type Series, table } from './draw.ts';

/**
 * `npm run bench:growth`: what a request costs as things grow, on the bundled program and a fake Ollama without latency.
 * Writes growth.md and growth.svg beside this file. Each series should be flat, or grow with its bytes.
 */

const folder = mkdtempSync(join(tmpdir(), 'toaster-growth-'));
const agent = new http.Agent({ keepAlive: true });

/** A Toaster with more in its config; `data` is its folder. */
function startToaster(upstream: Program, data: string, more: string): Promise<Program> {
  const config = join(data, 'config.yaml');
  writeFileSync(
    config,
    `runtimes: { ollama: { url: "${upstream.url}" } }
weights: { qwen-9b: { name: "fast:9b", context: 400000, parallel: 16 } }
queue: { most: 1000 }
cache: { max_mb: 4000 }
memory: { budget_gb: 500, reserve_gb: 0, system_gb: 0 }
${more}`,
  );
  return startProgram(TOASTER, { ASK_PORT: '0', ASK_CONFIG: config, ASK_DATA_DIR: data });
}

const asking = ({ url }: Program, before = 0, headers = {}): Target => ({
  name: 'toaster',
  url,
  path: '/v1/chat/completions',
  headers: { 'x-force': '1', ...headers },
  body: {
    model: 'fast-9b',
    stream: true,
    messages: [
      ...(before > 0 ? [{ role: 'system', content: `${'x'.repeat(19)} `.repeat(before / 20) }] : []),
      { role: 'user', content: 'Write a one-line commit message.' },
    ],
  },
});

/** Milliseconds of the middle one of so many requests, after some that warm up. */
async function p50(target: Target, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = -Math.ceil(rounds / 3); round < rounds; round++) {
    const { totalMs } = await once(target, agent);
    if (round >= 0) times.push(totalMs);
  }
  return percentile(times, 0.5);
}

async function byModels(upstream: Program): Promise<Series> {
  const points: [number, number][] = [];
  for (const models of [1, 10, 100, 500]) {
    const names = Array.from({ length: models }, (_, n) => `  extra-${n}: { weights: qwen-9b }`);
    const toaster = await startToaster(
      upstream,
      mkdtempSync(join(folder, 'models-')),
      `models:\n${names.join('\n')}\n`,
    );
    points.push([models, await p50(asking(toaster), 400)]);
    await stop(toaster);
  }
  return { name: 'models in the config', unit: '', points };
}

async function byLength(upstream: Program): Promise<Series> {
  const toaster = await startToaster(upstream, mkdtempSync(join(folder, 'length-')), '');
  const points: [number, number][] = [];
  for (const kb of [1, 10, 100, 1000, 5000])
    points.push([kb, await p50(asking(toaster, kb * 1000), kb > 100 ? 30 : 200)]);
  await stop(toaster);
  return { name: 'length of the conversation', unit: 'KB', points };
}

async function byCache(upstream: Program): Promise<Series> {
  const data = mkdtempSync(join(folder, 'cache-'));
  const points: [number, number][] = [];
  for (const rows of [1, 10_000, 100_000, 1_000_000]) {
    const before = await startToaster(upstream, data, '');
    const target = asking(before, 0, { 'x-cache': 'use' });
    await once(target, agent);
    await stop(before);
    fill(join(data, 'cache.db'), rows);
    const toaster = await startToaster(upstream, data, '');
    points.push([rows, await p50({ ...target, url: toaster.url }, 400)]);
    await stop(toaster);
  }
  return { name: 'answers in the cache, of a hit', unit: '', points };
}

/** Copies the answer that is there under other keys. */
function fill(file: string, rows: number): void {
  const db = new BetterSqlite3(file);
  const { count } = db.prepare('SELECT count(*) AS count FROM answers').get() as { count: number };
  db.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO answers SELECT lower(hex(randomblob(32))), model, bytes, created, last_used, answer
     FROM n, (SELECT * FROM answers LIMIT 1) WHERE ? > 0`,
  ).run(rows - count, rows - count);
  db.close();
}

/** Of so many at the same moment, what each costs: the time of all, shared out. */
async function byStreams(upstream: Program): Promise<Series> {
  const toaster = await startToaster(upstream, mkdtempSync(join(folder, 'streams-')), '');
  const points: [number, number][] = [];
  for (const streams of [1, 10, 100, 900]) {
    const times: number[] = [];
    for (let round = -1; round < 5; round++) {
      const began = performance.now();
      await Promise.all(Array.from({ length: streams }, () => once(asking(toaster), agent)));
      if (round >= 0) times.push((performance.now() - began) / streams);
    }
    points.push([streams, percentile(times, 0.5)]);
  }
  await stop(toaster);
  return { name: 'streams at the same moment, each', unit: '', points };
}

try {
  const upstream = await startProgram(['test/fake-ollama/main.ts', '--port', '0', '--models', 'fast:9b']);
  const series: Series[] = [];
  for (const measure of [byModels, byLength, byCache, byStreams]) {
    const one = await measure(upstream);
    console.log(table([one]));
    series.push(one);
  }
  const heading =
    '# What a request costs as things grow\n\nWritten by `npm run bench:growth`; milliseconds, the median.\n';
  writeFileSync(
    join(import.meta.dirname, 'growth.md'),
    `${heading}\n![the same as curves](growth.svg)\n\n${table(series)}`,
  );
  writeFileSync(join(import.meta.dirname, 'growth.svg'), plot(series));
} finally {
  agent.destroy();
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
