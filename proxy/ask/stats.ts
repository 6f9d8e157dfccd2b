import { durationSeconds } from '../config/duration.ts';
import { type Counting, EXIT, type Prices } from '../contract.ts';
import { jsonLine } from '../json-line.ts';
import type { RollUp } from '../stats/roll-up.ts';
import { worth } from '../stats/stats-of.ts';
import type { Tallies } from '../stats/tallies.ts';
import type { AskCall } from './call.ts';
import { harmless } from './harmless.ts';
import type { Notes } from './notes.ts';
import { UsageError } from './parse-args.ts';
import { statsText } from './stats-text.ts';

const DEFAULT_LENGTH = '7d';
const LONGEST_S = 35 * 86_400;
const HOUR_S = 3600;
/** A count that takes less than this, in ms, is not worth a word. */
const TELL_EVERY_MS = 250;

/** `ask --stats --json`. Times are seconds since 1970. */
export interface StatsReport extends Omit<Tallies, 'buckets'> {
  from: number;
  to: number;
  /** Requests by the hour of the day, this machine's time. */
  hours: number[];
  prices: Prices | null;
  /** What the tokens would have cost; null without prices. */
  saved: number | null;
}

/** The length of time, in seconds, that is asked for in words such as `24h`. Throws `UsageError`. */
export function statsLength(words: string): number {
  const text = words.trim() || DEFAULT_LENGTH;
  const seconds = /^\d+[hd]$/.test(text) ? durationSeconds(text) : 0;
  if (seconds >= HOUR_S && seconds <= LONGEST_S) return seconds;
  throw new UsageError(`--stats takes a time from 1h to 35d, such as 24h, 7d or 30d, not "${text}".`);
}

/** What happened in the last so many seconds, by whole hours. */
export async function statsReport(
  rollUp: RollUp,
  lengthS: number,
  prices: Prices | undefined,
  now: number,
): Promise<StatsReport> {
  const to = (Math.floor(now / HOUR_S) + 1) * HOUR_S;
  const from = to - lengthS;
  const { buckets, total, models } = await rollUp.tally(from, to, HOUR_S);
  const hours = Array.from({ length: 24 }, () => 0);
  for (const { ts, requests } of buckets) {
    const hour = new Date(ts * 1000).getHours();
    hours[hour] = (hours[hour] ?? 0) + requests;
  }
  const saved = prices === undefined ? null : worth(total, prices);
  return { from, to, total, models, hours, prices: prices ?? null, saved };
}

/** `ask --stats [LENGTH]`; while a long log is counted for it, a terminal's stderr tells how far that is. */
export async function answerStats({ service, exchange, words, form, res, notes }: AskCall): Promise<void> {
  const { rollUp, clock } = service.parts;
  const lengthS = statsLength(words.prompt);
  const told = tellCounting(notes, () => rollUp.counting);
  res.once('close', told);
  const report = await statsReport(rollUp, lengthS, exchange.live.config.prices, clock.wall()).finally(told);
  if (res.closed) return exchange.told(EXIT.interrupted);
  exchange.told(EXIT.answered);
  const json = words.flags.has('json');
  res.set('Content-Type', `${json ? 'application/json' : 'text/plain'}; charset=utf-8`);
  notes.end(EXIT.answered, json ? jsonLine(report) : harmless(statsText(report, form.has('terminal'))));
}

/** Shows a line until the returned function is called. */
export function tellCounting(
  notes: Pick<Notes, 'watched' | 'progress'>,
  counting: () => Counting | null,
): () => void {
  let shown = false;
  const timer = setInterval(() => {
    const far = counting();
    if (!notes.watched || far === null) return;
    shown = true;
    notes.progress(`counting the log, ${Math.floor((far.done / Math.max(1, far.of)) * 100)}%`);
  }, TELL_EVERY_MS);
  return () => {
    clearInterval(timer);
    if (shown) notes.progress(null);
    shown = false;
  };
}
