import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../../proxy/contract.ts';
import { KEEP } from '../../proxy/telemetry/log.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { FaultProxy } from '../helpers/fault-proxy.ts';
import { listening, type Program, spawnProgram } from '../helpers/spawn-program.ts';
import { FAKE_MODELS, readLog } from '../helpers/toaster.ts';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';
import { checkLog, type Ended } from './check-log.ts';
import { ask, keptConnections } from './client.ts';
import { alive, type Held, held } from './gauge.ts';
import { judge, type Outcome } from './judge.ts';
import { MODELS, type Planned, planned, wireFault } from './plan.ts';

export interface SoakOptions {
  seed: number;
  /** When no further request begins: after so many, or so many seconds. */
  requests?: number;
  seconds?: number;
}

/** What a soak has found. */
export interface Report {
  requests: number;
  outcomes: Record<Outcome, number>;
  /** Of those that were answered, by another model than was asked for. */
  demoted: number;
  slowestMs: number;
  connections: number;
  lines: number;
  /** When nothing was asked: after the warm-up, and at the end. */
  before: Held;
  after: Held;
  /** What it said on stderr. */
  warnings: string[];
  /** What was wrong, with the request that it was wrong with, in the order in which it was found. */
  wrong: { planned: Planned | null; what: string }[];
}

/** At a time. Each asks, waits for the end, and asks the next. */
const CLIENTS = 10;
/** The share of a soak after which memory should no longer grow. */
const WARM_UP = 0.3;
/** Node's server, which the fake is, closes what nobody has used for 5 s. */
const CLOSED_MS = 12_000;
const MOST_GROWTH = 40e6;
const SAME_RSS = 1e6;
/** Connections that were closed a moment ago, and files that were opened only when they were needed. */
const MOST_FILES_MORE = 5;

const TIMEOUTS = 'timeouts: { connect: 500ms, first_token: 600ms, load: 2s, idle: 400ms }';

const CONFIG = (ollama: string): string => `
runtimes:
  ollama: { url: "${ollama}" }
  llamacpp: { threads: 1 }
weights:
  qwen-9b: { size_gb: 0.01 }
  gemma-4b: { size_gb: 0.01 }
  llama-3b: { size_gb: 0.01 }
  llama-1b: { size_gb: 0.01 }
  qwen-0.5b: { file: tiny.gguf, context: 2048 }
memory: { reserve_gb: 0, system_gb: 0 }
models:
${Object.entries(MODELS)
  .map(([name, onOllama]) => `  ${name}: { ${onOllama === null ? 'temperature: 0' : TIMEOUTS} }`)
  .join('\n')}
`;

/** Runs one. Whatever it finds is in the report; it throws only when it cannot be run at all. */
export async function soak(options: SoakOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const fake = await FakeOllama.start({
    models: FAKE_MODELS.map((model) => ({ ...model, size: 1e7, loadMs: 30, tokenMs: 1 })),
  });
  const between = await FaultProxy.start(fake.port, (n) => wireFault(options.seed, n));
  writeFileSync(join(folder, 'config.yaml'), CONFIG(between.url));
  mkdirSync(join(folder, 'models'));
  writeTinyGguf(join(folder, 'models', 'tiny.gguf'));
  // V8's young generation takes what it may at some time or other, which would be no leak.
  const program = spawnProgram(folder, { NODE_OPTIONS: '--max-semi-space-size=8' });
  try {
    return await new Soak(options, fake, between, program, await listening(program)).run();
  } finally {
    program.child.kill('SIGKILL');
    await program.exit;
    await between.close();
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Soak {
  readonly #seed: number;
  readonly #requests: number;
  readonly #ms: number;
  readonly #fake: FakeOllama;
  readonly #between: FaultProxy;
  readonly #program: Program;
  readonly #url: string;
  readonly #ended: Ended[] = [];
  readonly #wrong: Report['wrong'] = [];
  #next = 0;
  #slowestMs = 0;

  constructor(
    { seed, requests = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY }: SoakOptions,
    fake: FakeOllama,
    between: FaultProxy,
    program: Program,
    url: string,
  ) {
    this.#seed = seed;
    this.#requests = requests;
    this.#ms = seconds * 1000;
    this.#fake = fake;
    this.#between = between;
    this.#program = program;
    this.#url = url;
  }

  async run(): Promise<Report> {
    const pid = this.#program.child.pid ?? 0;
    await this.#traffic(this.#requests * WARM_UP, this.#ms * WARM_UP);
    const before = await held(pid, isSettled);
    await this.#traffic(this.#requests, this.#ms * (1 - WARM_UP));
    const after = await held(pid, (now) => isFlat(before, now));
    if (!isFlat(before, after)) this.#wrong.push({ planned: null, what: 'memory or files have grown' });
    const lines = await this.#end(after);
    this.#wrong.push(...checkLog(lines, this.#ended));
    return this.#report(before, after, lines.length);
  }

  /** All clients at once, until so many requests have begun in all, or so much time is over. */
  async #traffic(requests: number, ms: number): Promise<void> {
    const until = performance.now() + ms;
    const kept = keptConnections();
    const client = async (): Promise<void> => {
      while (this.#next < requests && performance.now() < until) {
        const one = planned(this.#seed, this.#next++);
        await sleep(one.pauseMs);
        if (one.fault) this.#fake.fault(one.fault.model, one.fault.fault, 1);
        if (one.resets) this.#between.resetAll();
        if (one.reloads) this.#program.child.kill('SIGHUP');
        const heard = await ask(this.#url, one, kept);
        this.#slowestMs = Math.max(this.#slowestMs, heard.ms);
        this.#see(one, heard);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    // What is kept for the next request is no leak, and a server closes it by itself after a while.
    kept.destroy();
    const closed = performance.now() + CLOSED_MS;
    while (this.#between.open > 0 && performance.now() < closed) await sleep(100);
    if (this.#between.open > 0)
      this.#wrong.push({ planned: null, what: `${this.#between.open} connections to Ollama are not closed` });
    this.#fake.seen.length = 0;
  }

  #see(one: Planned, heard: Ended['heard']): void {
    try {
      this.#ended.push({ planned: one, heard: { ...heard, body: '' }, verdict: judge(one, heard) });
    } catch (error) {
      const what = `${error instanceof Error ? error.message : error}; heard ${JSON.stringify(heard)}`;
      this.#wrong.push({ planned: one, what });
    }
  }

  /** Ends the program as a person would, and reads its log. */
  async #end({ children }: Held): Promise<LogLine[]> {
    this.#program.child.kill('SIGTERM');
    const code = await this.#program.exit;
    if (code !== 0) this.#wrong.push({ planned: null, what: `it ended with code ${code}` });
    const left = alive(children);
    if (left.length > 0) this.#wrong.push({ planned: null, what: `it left children: ${left.join(', ')}` });
    const file = join(this.#program.folder, 'log.jsonl');
    return Array.from({ length: KEEP + 1 }, (_, n) => (n === 0 ? file : `${file}.${n}`))
      .flatMap(readLog)
      .map((line) => line as unknown as LogLine);
  }

  #report(before: Held, after: Held, lines: number): Report {
    const outcomes = { answered: 0, 'broke off': 0, failed: 0, left: 0 };
    for (const { verdict } of this.#ended) outcomes[verdict.outcome] += 1;
    const answered = this.#ended.filter(({ verdict }) => verdict.outcome === 'answered');
    return {
      requests: this.#next,
      outcomes,
      demoted: answered.filter(({ planned: one, verdict }) => verdict.servedBy !== one.model).length,
      slowestMs: this.#slowestMs,
      connections: this.#between.count,
      lines,
      before,
      after,
      warnings: this.#program
        .said()
        .split('\n')
        .filter((line) => line.startsWith('toaster: ')),
      wrong: this.#wrong,
    };
  }
}

const isSettled = (now: Held, last: Held): boolean =>
  now.files === last.files && Math.abs(now.rss - last.rss) < SAME_RSS;

function isFlat(before: Held, after: Held): boolean {
  const files = (after.files ?? 0) - (before.files ?? 0);
  return after.rss - before.rss < MOST_GROWTH && files <= MOST_FILES_MORE;
}
