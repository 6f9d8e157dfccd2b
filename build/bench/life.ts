import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { percentile } from '../../proxy/telemetry/percentile.ts';
import { freePort } from './free-port.ts';
import { leastProgram } from './least.ts';
import { throughput } from './measure.ts';
import { portkeyServer } from './portkey.ts';
import { cpuMs, type Program, rssMb, startProgram, TOASTER } from './processes.ts';
import { native, openaiChat, type Rig, startPipe, startToaster, startTranslator } from './rig.ts';
import type { Row } from './row.ts';

/** Starting, doing nothing, and what a long life leaves behind. */

const EMPTY_SERVER =
  "const s = require('node:http').createServer((q, r) => r.end('ok'));" +
  "s.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + s.address().port));";
const STARTS = 15;
const IDLE_MS = 20_000;
const SETTLED_MS = 1500;

/** From the spawn to the first answer of `GET /health`. `url`: where that will be, of a program that does not say so on stdout. */
async function startMs(args: string[], env: Record<string, string>, url?: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  try {
    let address = url;
    if (address === undefined) {
      const [said] = await once(child.stdout, 'data');
      address = /http:\/\/127\.0\.0\.1:\d+/.exec(String(said))?.[0] ?? '';
    }
    child.stdout.resume();
    while (!(await answers(`${address}/health`)))
      if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended before it answered`);
    return performance.now() - began;
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).text();
    return true;
  } catch {
    return false;
  }
}

/** The bundled program, beside an empty server and Portkey. `data`: Toaster's folder. */
export async function startRows(data: string): Promise<Row[]> {
  const env = { ASK_PORT: '0', ASK_DATA_DIR: data };
  const portkey = portkeyServer();
  const leastStart = launchLeast(data);
  const times = {
    toaster: [] as number[],
    empty: [] as number[],
    least: [] as number[],
    portkey: [] as number[],
  };
  // The first start compiles, and is nobody's usual one; the second finds what it left.
  for (let round = -2; round < STARTS; round++) {
    const port = portkey === null ? 0 : await freePort();
    const taken = {
      toaster: await startMs(TOASTER, env),
      empty: await startMs(['-e', EMPTY_SERVER], {}),
      least: await startMs([leastStart], {}),
      portkey:
        portkey === null
          ? Number.NaN
          : await startMs([portkey, `--port=${port}`, '--headless'], {}, `http://127.0.0.1:${port}`),
    };
    if (round >= 0)
      for (const name of ['toaster', 'empty', 'least', 'portkey'] as const) times[name].push(taken[name]);
  }
  const toaster = percentile(times.toaster, 0.5);
  const over = (name: 'empty' | 'least' | 'portkey', what: string, aim: number | null): Row => {
    const other = percentile(times[name], 0.5);
    const measured = `${toaster.toFixed(0)} ms to ${other.toFixed(0)} ms`;
    return { what: `start to /health over ${what}`, measured, value: toaster / other, aim };
  };
  return [
    over('empty', 'an empty server', 2),
    over('least', 'the least on the same packages', null),
    ...(portkey === null ? [] : [over('portkey', 'Portkey', 0.6)]),
  ];
}

/** As the proxy is launched. `data`: Toaster's folder. */
function launchLeast(data: string): string {
  const launch = join(data, 'least.mjs');
  writeFileSync(
    launch,
    `import { createRequire, enableCompileCache, flushCompileCache } from 'node:module';
enableCompileCache(${JSON.stringify(join(data, 'least-compiled'))});
setTimeout(flushCompileCache, 100).unref();
createRequire(import.meta.url)(${JSON.stringify(resolve(leastProgram('least-start')))});
`,
  );
  return launch;
}

/** Before anything has been asked. */
export async function idleRows({ toaster }: Rig): Promise<Row[]> {
  const server = await startProgram(['-e', EMPTY_SERVER]);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const [used, bare] = [rssMb(toaster.pid), rssMb(server.pid)];
  return [
    {
      what: 'idle memory over a bare node:http server',
      measured: `${Math.round(used)} MB to ${Math.round(bare)} MB`,
      value: used / bare,
      aim: 1.8,
    },
    ...(process.platform === 'linux' ? await quietRows(toaster) : []),
  ];
}

/** What it does while nobody asks: /proc tells, so on Linux alone. */
async function quietRows({ pid }: Program): Promise<Row[]> {
  const before = cpuMs(pid);
  const spawned = new Set<string>();
  const began = performance.now();
  // A child lives for some ms at least; who looks every 5 ms sees most of them.
  while (performance.now() - began < IDLE_MS) {
    for (const child of childrenOf(pid)) spawned.add(child);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seconds = (performance.now() - began) / 1000;
  const percent = (cpuMs(pid) - before) / seconds / 10;
  return [
    {
      what: 'idle CPU, % of a core',
      measured: `${(percent * 10 * seconds).toFixed(0)} ms in ${seconds.toFixed(0)} s`,
      value: percent,
      aim: 0.3,
    },
    { what: 'processes spawned meanwhile', measured: String(spawned.size), value: spawned.size, aim: 0 },
  ];
}

const childrenOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);

/** Memory after many requests, beside what a bare pipe and the least that translates do with as many; all begin anew. `data`: a folder for Toaster's files. */
export async function growthRows({ upstream, slow }: Rig, data: string): Promise<Row[]> {
  const toaster = await startToaster(upstream, slow, data);
  const pipe = await startPipe(upstream);
  const translator = await startTranslator(upstream, data);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const all = {
    toaster: { program: toaster, target: openaiChat('toaster', toaster), asked: 0 },
    pipe: { program: pipe, target: native('pipe', pipe), asked: 0 },
    least: { program: translator, target: openaiChat('least', translator), asked: 0 },
  };
  const idle = rssMb(toaster.pid);
  const [bareIdle, leastIdle] = [rssMb(pipe.pid), rssMb(translator.pid)];
  const until = async (name: keyof typeof all, requests: number): Promise<number> => {
    const one = all[name];
    while (one.asked < requests) one.asked += Math.round(2 * (await throughput(one.target, 10, 2)));
    return rssMb(one.program.pid);
  };
  const first = await until('toaster', 10_000);
  const second = await until('toaster', 20_000);
  const bare = (await until('pipe', 20_000)) / bareIdle;
  const least = (await until('least', 20_000)) / leastIdle;
  const last = await until('toaster', 100_000);
  const mb = (value: number): string => `${Math.round(value)} MB`;
  return [
    {
      what: `memory after 20,000 requests, of idle (a bare pipe: ${bare.toFixed(2)}, the least: ${least.toFixed(2)})`,
      measured: `${mb(second)} to ${mb(idle)}`,
      value: second / idle,
      aim: 1.5,
    },
    {
      what: 'memory from the 10,000th request to the 100,000th',
      measured: `${mb(last)} to ${mb(first)}`,
      value: last / first,
      aim: 1.05,
    },
  ];
}
