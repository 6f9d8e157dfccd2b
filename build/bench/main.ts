import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { bigLogRows } from './big-log.ts';
import { councilRows } from './council.ts';
import { bundleLeast } from './least.ts';
import { growthRows, idleRows, startRows } from './life.ts';
import { type Program, stopAll } from './processes.ts';
import { startRig } from './rig.ts';
import { ms, print, type Row } from './row.ts';
import { speedRows } from './speed.ts';
import { whyRow } from './why.ts';

/**
 * `npm run bench`: what Toaster adds, measured against something else in the same run, so that the figures say the same
 * on any machine. A table on the screen, all of it in dist/bench.json. The Portkey gateway is compared with where
 * `PORTKEY_DIR` names a folder that has it.
 */

const top = fileURLToPath(new URL('../..', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'toaster-bench-'));

/** Each part's rows as soon as they are known: the whole takes minutes. */
async function* parts(): AsyncGenerator<Row[]> {
  await bundleLeast();
  const starts = await startRows(data);
  const rig = await startRig(data);
  if (rig.portkey === null)
    console.log('Portkey is not compared with: PORTKEY_DIR names no folder that has it.\n');
  // Before anything is asked.
  const idle = await idleRows(rig);
  yield [...starts, ...idle];
  yield speedRows(rig);
  yield [...askRows(rig.toaster), whyRow(rig.toaster.url, data)];
  yield councilRows(data);
  yield growthRows(rig, mkdtempSync(join(data, 'growth-')));
  yield bigLogRows();
}

function askRows(toaster: Program): Row[] {
  const env = { ...process.env, ASK_URL: toaster.url, ASK_DATA_DIR: data };
  const time = (command: string, args: string[]): number => {
    const began = performance.now();
    execFileSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    return performance.now() - began;
  };
  const post = [
    '-c',
    'curl -sN --data-urlencode "a=$1" -w "%{stderr}%header{x-exit}" "$ASK_URL/health"',
    'sh',
  ];
  const runs = Array.from({ length: 60 }, () => ({
    ask: time(join(top, 'cli', 'ask'), ['the same question']),
    least: time('sh', [...post, 'the same question']),
    node: time(process.execPath, ['-e', '0']),
  })).slice(5);
  const at = (name: 'ask' | 'least' | 'node'): number =>
    percentile(
      runs.map((run) => run[name]),
      0.5,
    );
  const of = (what: string, name: 'ask' | 'least', aim: number | null): Row => ({
    what: `${what}, of node -e 0`,
    measured: `${ms(at(name))} to ${ms(at('node'))}`,
    value: at(name) / at('node'),
    aim,
  });
  return [of('ask on a hit', 'ask', 0.4), of('sh and one curl', 'least', null)];
}

/** A program that prints a table of its own. */
function printOutputOf(title: string, program: string): void {
  console.log(`\n${title}\n`);
  execFileSync(process.execPath, [program], { stdio: 'inherit' });
}

process.chdir(top);
try {
  const rows: Row[] = [];
  for await (const part of parts()) {
    print(part);
    rows.push(...part);
  }
  mkdirSync('dist', { recursive: true });
  writeFileSync(
    'dist/bench.json',
    `${JSON.stringify({ node: process.version, platform: `${process.platform} ${process.arch}`, rows }, null, 2)}\n`,
  );
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
