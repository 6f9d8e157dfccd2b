import type {
  LogLine,
  MemoryMinute,
  ModelStatus,
  ResidentStatus,
  Span,
  Stats,
  Status,
  Tally,
} from '../../proxy/contract.ts';
import type { FixtureData } from './fixture-server.ts';

const GB = 1e9;

/** A model as the status tells it, cold unless said otherwise. */
export function modelStatus(model: string, fields: Partial<ModelStatus> = {}): ModelStatus {
  return {
    model,
    tiers: [],
    weights: model,
    runtime: 'ollama',
    size: 2 * GB,
    measured: false,
    state: 'cold',
    paid: false,
    expires_in_s: null,
    pinned: false,
    in_flight: 0,
    tight: false,
    keep_alive_s: 300,
    fallback: [],
    last: null,
    loading: null,
    ...fields,
  };
}

/** Weights in memory as the status tells them. */
export function residentStatus(weights: string, fields: Partial<ResidentStatus> = {}): ResidentStatus {
  return {
    weights,
    models: [weights],
    size: 2 * GB,
    footprint: null,
    context: 8192,
    state: 'idle',
    in_flight: 0,
    waiting: 0,
    expires_in_s: 300,
    stays: 'keep_alive',
    ...fields,
  };
}

/** A 24 GB laptop at work, `now` in seconds since 1970. */
export function laptopStatus(now: number): Status {
  return {
    memory: {
      ts: now,
      total: 25.77 * GB,
      available: 6.4 * GB,
      swap_used: 1.24 * GB,
      kernel_level: 'normal',
      stalled: null,
      rates: { pageouts: 0, pageins: 14, swapouts: 0, decompressions: 20, major_faults: null },
      resident: { ollama: 9.4 * GB, orphans: 0, llamacpp: null, toaster: 0.1 * GB },
    },
    pressure: { level: 'normal', why: null, since: now - 5000 },
    free_for_models: 4.4 * GB,
    reserve: 2 * GB,
    budget: null,
    queue: 0,
    residents: [
      residentStatus('qwen-9b', { models: ['fast-9b', 'think-9b'], size: 7.1 * GB, expires_in_s: 652 }),
      residentStatus('llama-3b', { size: 2.3 * GB, stays: 'pinned', expires_in_s: null }),
    ],
    models: [
      modelStatus('fast-9b', {
        tiers: ['9b'],
        weights: 'qwen-9b',
        size: 7.1 * GB,
        measured: true,
        state: 'warm',
        expires_in_s: 652,
        keep_alive_s: 900,
        fallback: ['fast-3b', 'fast-1b', 'tiny'],
        last: { ts: now - 248, latency_s: 1.34 },
      }),
      modelStatus('think-9b', {
        tiers: ['think'],
        weights: 'qwen-9b',
        size: 7.1 * GB,
        measured: true,
        state: 'warm',
        expires_in_s: 652,
        keep_alive_s: 900,
        fallback: ['fast-3b', 'fast-1b'],
      }),
      modelStatus('fast-4b', { tiers: ['4b'], weights: 'gemma-4b', size: 3.7 * GB, fallback: ['fast-3b'] }),
      modelStatus('fast-3b', {
        tiers: ['3b'],
        weights: 'llama-3b',
        size: 2.3 * GB,
        measured: true,
        state: 'warm',
        pinned: true,
        fallback: ['fast-1b', 'tiny'],
        last: { ts: now - 30, latency_s: 0.71 },
      }),
      modelStatus('fast-1b', { tiers: ['1b'], weights: 'llama-1b', size: 1.5 * GB, fallback: ['tiny'] }),
      modelStatus('coder-30b', {
        tiers: ['heavy'],
        weights: 'coder-30b',
        size: 20.2 * GB,
        keep_alive_s: 30,
        fallback: ['fast-9b', 'fast-3b'],
      }),
      modelStatus('tiny', {
        tiers: ['tiny'],
        weights: 'qwen-0.5b',
        runtime: 'llamacpp',
        size: 0.6 * GB,
        measured: true,
        state: 'loading',
        loading: { elapsed_s: 1, expected_s: 3 },
      }),
    ],
  };
}

/** A line of the log, answered at once unless said otherwise. */
export function logLine(ts: number, fields: Partial<LogLine> = {}): LogLine {
  return {
    ts,
    model: 'fast-9b',
    served_by: 'fast-9b',
    prompt_hash: '775a61d9',
    prompt_chars: 420,
    response_chars: 380,
    latency_s: 1.34,
    cache_hit: false,
    demoted: false,
    exit_code: 0,
    source: 'ask',
    request_id: `r${ts}`,
    attempts: [],
    ttft_s: 0.21,
    load_s: null,
    tokens_in: 110,
    tokens_out: 92,
    finish: 'stop',
    pressure: 'normal',
    swapouts: 0,
    pageouts: 0,
    ...fields,
  };
}

/** A demoted line. */
export function demotedLine(ts: number, fields: Partial<LogLine> = {}): LogLine {
  return logLine(ts, {
    served_by: 'fast-3b',
    demoted: true,
    degraded_reason: 'no_room',
    attempts: [{ model: 'fast-9b', reason: 'no_room', seconds: 0.01 }],
    latency_s: 2.81,
    ttft_s: 1.9,
    load_s: 1.6,
    ...fields,
  });
}

/** Requests of a day, newest first. */
export function logLines(now: number, count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const ts = now - 20 - index * 97;
    const models = ['fast-9b', 'fast-3b', 'think-9b', 'tiny', 'fast-1b'];
    const model = models[(index * 7) % models.length] ?? 'fast-9b';
    const wave = 0.4 + (((index * 37) % 100) / 100) * 2.6;
    const fields: Partial<LogLine> = { model, served_by: model, latency_s: wave, ttft_s: wave / 5 };
    if (index % 23 === 2) return demotedLine(ts, { request_id: `r${index}` });
    if (index % 61 === 5)
      return logLine(ts, {
        ...fields,
        request_id: `r${index}`,
        served_by: null,
        exit_code: 4,
        finish: null,
        error: 'fast-9b: timed out after 60 s; fast-3b: connection refused',
      });
    if (index % 4 === 1)
      return logLine(ts, { ...fields, cache_hit: true, latency_s: 0.003, source: 'api', ttft_s: 0.001 });
    if (index % 19 === 7)
      return logLine(ts, { ...fields, model: 'council', served_by: 'council', latency_s: 14.2 });
    return logLine(ts, { ...fields, request_id: `r${index}`, source: index % 3 ? 'ask' : 'api' });
  });
}

/** Memory of so many minutes. */
export function memoryMinutes(now: number, count: number): MemoryMinute[] {
  const first = Math.floor(now / 60) - count + 1;
  return Array.from({ length: count }, (_, index) => {
    const heavy = index % 50 > 36 && index % 50 < 44;
    const ollama = heavy ? 19.8 * GB : index % 50 > 20 ? 9.4 * GB : 7.1 * GB;
    return {
      ts: (first + index) * 60,
      available: heavy ? 0.5 * GB : 15.2 * GB - ollama + Math.sin(index / 6) * 0.6 * GB,
      swap_used: 1.2 * GB,
      swapouts: heavy ? 900 + 300 * (index % 3) : 0,
      pageouts: 0,
      ollama,
      llamacpp: index % 30 > 22 ? 0.6 * GB : 0,
      level: heavy ? 'warn' : 'normal',
    };
  });
}

const SPANS: Record<Span, { seconds: number; step: number }> = {
  hour: { seconds: 3600, step: 60 },
  day: { seconds: 86_400, step: 1800 },
  week: { seconds: 604_800, step: 10_800 },
};

/** What happened in a span, made of the lines. */
export function statsOf(lines: LogLine[], span: Span, now: number): Stats {
  const { seconds, step } = SPANS[span];
  const from = Math.floor((now - seconds) / step) * step + step;
  const within = (start: number, end: number): LogLine[] => lines.filter(({ ts }) => ts >= start && ts < end);
  const names = [...new Set(within(from, now + 1).map(({ model }) => model ?? ''))];
  return {
    span,
    from,
    to: now,
    step_s: step,
    buckets: Array.from({ length: Math.ceil((now - from) / step) }, (_, index) => {
      const ts = from + index * step;
      return { ts, ...tally(within(ts, ts + step)) };
    }),
    total: tally(within(from, now + 1)),
    models: names.map((model) => ({
      model,
      ...tally(within(from, now + 1).filter((one) => one.model === model)),
    })),
    saved: 0.184,
    counting: null,
  };
}

function tally(lines: LogLine[]): Tally {
  const times = lines
    .filter(({ cache_hit, exit_code }) => !cache_hit && exit_code === 0)
    .map(({ latency_s }) => latency_s)
    .sort((a, b) => a - b);
  const at = (part: number): number | null => times[Math.floor((times.length - 1) * part)] ?? null;
  const demoted = lines.filter((line) => line.demoted).length;
  return {
    requests: lines.length,
    hits: lines.filter(({ cache_hit }) => cache_hit).length,
    demoted,
    failed: lines.filter(({ exit_code }) => exit_code !== 0).length,
    p50: at(0.5),
    p95: at(0.95),
    ttft_p50: at(0.2),
    swapouts: 0,
    tokens_in: lines.reduce((sum, { tokens_in }) => sum + (tokens_in ?? 0), 0),
    tokens_out: lines.reduce((sum, { tokens_out }) => sum + (tokens_out ?? 0), 0),
    paid_in: 0,
    paid_out: 0,
    reasons: demoted > 0 ? { no_room: demoted } : {},
  };
}

/** All of it for a laptop at work. */
export function laptop(now: number): FixtureData {
  const lines = logLines(now, 3000);
  return {
    status: laptopStatus(now),
    lines,
    minutes: memoryMinutes(now, 1440),
    settings: {
      reserve_gb: 2,
      prices: { input: 3, output: 15, currency: 'USD' },
      config_file: '~/.config/ask/config.yaml',
      log_file: '~/.local/share/ask/log.jsonl',
    },
    stats: (span) => statsOf(lines, span, now),
  };
}
