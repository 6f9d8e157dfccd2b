import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { MemoryMinute, MemorySample, PressureLevel, Span } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { isCorrupt } from '../is-corrupt.ts';
import { moveAside } from '../move-aside.ts';

const DAY_S = 24 * 3600;
const KEEP_S = 7 * DAY_S;
const LEVELS: PressureLevel[] = ['normal', 'warn', 'critical'];
const COLUMNS = 'ts, available, swap_used, swapouts, pageouts, ollama, llamacpp, level';

/** How long a span is, and by how many seconds each row of it is summed up. */
const SPANS: Record<Span, { length: number; step: number }> = {
  hour: { length: 3600, step: 60 },
  day: { length: DAY_S, step: 300 },
  week: { length: KEEP_S, step: 1800 },
};

/** A week of memory, a row a minute. Without its database there is no history, and nothing else is lost. */
export class MemoryHistory {
  readonly #db: Database | null;
  #minute: MemoryMinute | null = null;
  readonly #warn: (message: string) => void;
  #warned = false;

  constructor(file: string, warn: (message: string) => void) {
    this.#warn = warn;
    this.#db = openSound(file, warn);
  }

  /** Takes a sample in; a minute that has ended is written, and what is older than a week goes. */
  add(sample: MemorySample, level: PressureLevel): void {
    const ts = Math.floor(sample.ts / 60) * 60;
    if (this.#minute && this.#minute.ts !== ts) this.#write(this.#minute);
    const before = this.#minute?.ts === ts ? this.#minute : null;
    this.#minute = before ? worst(before, ofSample(sample, ts, level)) : ofSample(sample, ts, level);
  }

  /**
   * The worst of each step of a span that ends with the newest sample, oldest first, with the minute that has not ended.
   * Null: the last day by the minute.
   */
  minutes(span: Span | null = null): MemoryMinute[] {
    const { length, step } = span === null ? { length: DAY_S, step: 60 } : SPANS[span];
    const rows = this.#db?.prepare<[number], MemoryMinute>(
      `SELECT ${COLUMNS} FROM minutes WHERE ts > ? ORDER BY ts`,
    );
    const newest =
      this.#minute?.ts ?? this.#db?.prepare<[], number>('SELECT max(ts) FROM minutes').pluck().get();
    const written = rows?.all((newest ?? 0) - length) ?? [];
    return inSteps(this.#minute ? [...written, this.#minute] : written, step);
  }

  close(): void {
    if (this.#minute) this.#write(this.#minute);
    this.#db?.close();
  }

  #write(minute: MemoryMinute): void {
    const values = COLUMNS.replaceAll(/\w+/g, '@$&');
    try {
      this.#db?.prepare(`INSERT OR REPLACE INTO minutes (${COLUMNS}) VALUES (${values})`).run(minute);
      this.#db?.prepare('DELETE FROM minutes WHERE ts <= ?').run(minute.ts - KEEP_S);
    } catch (error) {
      if (!this.#warned) this.#warn(`memory's history cannot be written (${messageOf(error)})`);
      this.#warned = true;
    }
  }
}

/** Opens the history, or begins a new one in place of one that is damaged. Null, and a warning, where neither can be. */
function openSound(file: string, warn: (message: string) => void): Database | null {
  try {
    try {
      return open(file);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      warn(
        `memory's history was damaged; it is now ${moveAside(file, Date.now() / 1000)}, and a new one is in use`,
      );
      return open(file);
    }
  } catch (error) {
    warn(`memory's history ${file} cannot be used (${messageOf(error)})`);
    return null;
  }
}

function open(file: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Made by SQLite itself it would be readable by all.
  closeSync(openSync(file, 'a', 0o600));
  const db = new BetterSqlite3(file, { timeout: 100 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(
      `CREATE TABLE IF NOT EXISTS minutes (ts INTEGER PRIMARY KEY, available, swap_used, swapouts, pageouts, ollama, llamacpp, level TEXT)`,
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function ofSample(
  { available, swap_used, rates, resident }: MemorySample,
  ts: number,
  level: PressureLevel,
): MemoryMinute {
  const { swapouts, pageouts } = rates;
  return {
    ts,
    available,
    swap_used,
    swapouts,
    pageouts,
    ollama: resident.ollama,
    llamacpp: resident.llamacpp,
    level,
  };
}

function inSteps(minutes: MemoryMinute[], step: number): MemoryMinute[] {
  const steps = new Map<number, MemoryMinute>();
  for (const minute of minutes) {
    const ts = Math.floor(minute.ts / step) * step;
    const before = steps.get(ts);
    steps.set(ts, before ? worst(before, minute) : { ...minute, ts });
  }
  return [...steps.values()];
}

function worst(a: MemoryMinute, b: MemoryMinute): MemoryMinute {
  const pick = (
    key: keyof Omit<MemoryMinute, 'ts' | 'level'>,
    better: (x: number, y: number) => number,
  ): number | null => {
    const [x, y] = [a[key], b[key]];
    return x === null ? y : y === null ? x : better(x, y);
  };
  return {
    ts: a.ts,
    available: pick('available', Math.min),
    swap_used: pick('swap_used', Math.max),
    swapouts: pick('swapouts', Math.max),
    pageouts: pick('pageouts', Math.max),
    ollama: pick('ollama', Math.max),
    llamacpp: pick('llamacpp', Math.max),
    level: LEVELS[Math.max(LEVELS.indexOf(a.level), LEVELS.indexOf(b.level))] ?? a.level,
  };
}
