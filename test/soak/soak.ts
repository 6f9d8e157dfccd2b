import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEEP } from '../../proxy/telemetry/log.ts';
import { type LogLine, readLog } from '../helpers/toaster.ts';
import { checkLog, type Ended } from './check-log.ts';
import { ask, keptConnections } from './client.ts';
import { alive, type Held, held } from './gauge.ts';
import { judge, type Outcome } from './judge.ts';
import { type Planned, planned } from './plan.ts';
import { openStage, type Stage } from './stage.ts';

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

/** Runs one. Whatever it finds is in the report; it throws only when it cannot be run at all. */
export async function soak(options: SoakOptions): Promise<Report> {
  const stage = await openStage(options.seed);
  try {
    return await new Soak(options, stage).run();
  } finally {
    await stage.close();
  }
}

class Soak {
  readonly #seed: number;
  readonly #requests: number;
  readonly #ms: number;
  readonly #stage: Stage;
  readonly #ended: Ended[] = [];
  readonly #wrong: Report['wrong'] = [];
  #next = 0;
  #slowestMs = 0;

  constructor(
    { seed, requests = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY }: SoakOptions,
    stage: Stage,
  ) {
    this.#seed = seed;
    this.#requests = requests;
    this.#ms = seconds * 1000;
    this.#stage = stage;
  }

  async run(): Promise<Report> {
    const pid = this.#stage.program.child.pid ?? 0;
    await this.#traffic(this.#requests * WARM_UP, this.#ms * WARM_UP);
    this.#stage.between.resetAll();
    const before = await held(pid, isSettled);
    await this.#traffic(this.#requests, this.#ms * (1 - WARM_UP));
    await this.#closed();
    const after = await held(pid, (now) => isFlat(before, now));
    if (!isFlat(before, after)) this.#wrong.push({ planned: null, what: 'memory or files have grown' });
    const lines = await this.#end(after);
    this.#wrong.push(...checkLog(lines, this.#ended));
    return this.#report(before, after, lines.length);
  }

  /** All clients at once, until so many requests have begun in all, or so much time is over. */
  async #traffic(requests: number, ms: number): Promise<void> {
    const { fake, between, program, url } = this.#stage;
    const until = performance.now() + ms;
    const kept = keptConnections();
    const client = async (): Promise<void> => {
      while (this.#next < requests && performance.now() < until) {
        const one = planned(this.#seed, this.#next++);
        await sleep(one.pauseMs);
        if (one.fault) fake.fault(one.fault.model, one.fault.fault, 1);
        if (one.resets) between.resetAll();
        if (one.reloads) program.child.kill('SIGHUP');
        const heard = await ask(url, one, kept);
        this.#slowestMs = Math.max(this.#slowestMs, heard.ms);
        this.#see(one, heard);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    kept.destroy();
    fake.seen.length = 0;
  }

  /** What is kept for the next request is no leak: its server closes it after a while. */
  async #closed(): Promise<void> {
    const { between } = this.#stage;
    const until = performance.now() + CLOSED_MS;
    while (between.open > 0 && performance.now() < until) await sleep(100);
    if (between.open > 0)
      this.#wrong.push({ planned: null, what: `${between.open} connections to Ollama are not closed` });
  }

  #see(one: Planned, heard: Ended['heard']): void {
    const ended: Ended = { planned: one, heard: { ...heard, body: '' }, verdict: null };
    this.#ended.push(ended);
    try {
      ended.verdict = judge(one, heard);
    } catch (error) {
      const what = `${error instanceof Error ? error.message : error}; heard ${JSON.stringify(heard)}`;
      this.#wrong.push({ planned: one, what });
    }
  }

  /** Ends the program as a person would, and reads its log. */
  async #end({ children }: Held): Promise<LogLine[]> {
    this.#stage.program.child.kill('SIGTERM');
    const code = await this.#stage.program.exit;
    if (code !== 0) this.#wrong.push({ planned: null, what: `it ended with code ${code}` });
    const left = alive(children);
    if (left.length > 0) this.#wrong.push({ planned: null, what: `it left children: ${left.join(', ')}` });
    const file = join(this.#stage.program.folder, 'log.jsonl');
    return Array.from({ length: KEEP + 1 }, (_, n) => (n === 0 ? file : `${file}.${n}`)).flatMap(readLog);
  }

  #report(before: Held, after: Held, lines: number): Report {
    const outcomes = { answered: 0, 'broke off': 0, failed: 0, left: 0 };
    for (const { verdict } of this.#ended) if (verdict) outcomes[verdict.outcome] += 1;
    const answered = this.#ended.filter(({ verdict }) => verdict?.outcome === 'answered');
    return {
      requests: this.#next,
      outcomes,
      demoted: answered.filter(({ planned: one, verdict }) => verdict?.servedBy !== one.model).length,
      slowestMs: this.#slowestMs,
      connections: this.#stage.between.count,
      lines,
      before,
      after,
      warnings: this.#stage.program
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
