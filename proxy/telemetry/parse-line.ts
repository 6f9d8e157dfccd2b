import {
  type Attempt,
  type CouncilMember,
  EXIT,
  type ExitCode,
  type LogLine,
  type PressureLevel,
  type Reason,
  type TaskKind,
} from '../contract.ts';

/** Sets that a compiler keeps complete: a value missing here is an error. */
const REASONS: Record<Reason, true> = {
  timeout: true,
  http_5xx: true,
  connection: true,
  crash: true,
  no_room: true,
  thrash: true,
  cooling_off: true,
  missing: true,
  unauthorized: true,
  unsupported: true,
  empty: true,
};
const SOURCES: Record<LogLine['source'], true> = { ask: true, api: true, stress: true };
const TASKS: Record<TaskKind, true> = { embed: true, complete: true };
const FINISHES: Record<NonNullable<LogLine['finish']>, true> = {
  stop: true,
  length: true,
  tool_calls: true,
  content_filter: true,
};
const OUTCOMES: Record<CouncilMember['outcome'], true> = { answered: true, demoted: true, lost: true };
const LEVELS: Record<PressureLevel, true> = { normal: true, warn: true, critical: true };
const EXITS: ReadonlySet<unknown> = new Set(Object.values(EXIT));

type Fields = { [key: string]: unknown };

/**
 * A line of the log; null for one that is torn or no line of such a log: it has no time. What is missing or makes no
 * sense gets a value that claims nothing.
 */
export function parseLine(text: string): LogLine | null {
  // Cheaper than an exception for each empty or foreign line.
  if (text[0] !== '{') return null;
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(fields) || !isTime(fields.ts)) return null;
  return {
    ts: fields.ts,
    model: textOr(fields.model),
    served_by: textOr(fields.served_by),
    prompt_hash: textOr(fields.prompt_hash),
    prompt_chars: amountOr(fields.prompt_chars),
    response_chars: amountOr(fields.response_chars) ?? 0,
    latency_s: amountOr(fields.latency_s) ?? 0,
    cache_hit: fields.cache_hit === true,
    demoted: fields.demoted === true,
    exit_code: exitCode(fields.exit_code),
    source: oneOf(SOURCES, fields.source) ?? 'ask',
    ...furtherOf(fields),
  };
}

/** The keys that the first version did not write, as far as they are there. */
function furtherOf(fields: Fields): Partial<LogLine> {
  const further: Partial<LogLine> = {};
  if (typeof fields.request_id === 'string') further.request_id = fields.request_id;
  if (Array.isArray(fields.attempts)) further.attempts = fields.attempts.flatMap(attempt);
  further.degraded_reason = oneOf(REASONS, fields.degraded_reason);
  for (const key of ['ttft_s', 'load_s', 'tokens_in', 'tokens_out', 'swapouts', 'pageouts'] as const)
    if (key in fields) further[key] = amountOr(fields[key]);
  if ('finish' in fields) further.finish = oneOf(FINISHES, fields.finish);
  const pressure = oneOf(LEVELS, fields.pressure);
  if (pressure !== null) further.pressure = pressure;
  if (typeof fields.command === 'string') further.command = fields.command;
  const task = oneOf(TASKS, fields.task);
  if (task !== null) further.task = task;
  if (fields.memory === 'tight') further.memory = 'tight';
  if (fields.shared === true) further.shared = true;
  if (fields.paid === true) further.paid = true;
  if (isFields(fields.council)) further.council = councilOf(fields.council);
  if ('wait_s' in fields) further.wait_s = amountOr(fields.wait_s) ?? 0;
  if (typeof fields.error === 'string') further.error = fields.error;
  if (typeof fields.user === 'string') further.user = fields.user;
  if (isFields(fields.metadata)) further.metadata = textsOf(fields.metadata);
  return further;
}

function attempt(value: unknown): Omit<Attempt, 'detail'>[] {
  if (!isFields(value)) return [];
  const [model, reason] = [textOr(value.model), oneOf(REASONS, value.reason)];
  return model === null || reason === null ? [] : [{ model, reason, seconds: amountOr(value.seconds) ?? 0 }];
}

type LoggedCouncil = NonNullable<LogLine['council']>;

function councilOf(fields: Fields): LoggedCouncil {
  return {
    members: Array.isArray(fields.members) ? fields.members.flatMap(memberOf) : [],
    chairman: textOr(fields.chairman) ?? '',
    at_once: amountOr(fields.at_once) ?? 0,
    synthesis: fields.synthesis === true,
  };
}

function memberOf(value: unknown): LoggedCouncil['members'] {
  if (!isFields(value)) return [];
  const [model, outcome] = [textOr(value.model), oneOf(OUTCOMES, value.outcome)];
  if (model === null || outcome === null) return [];
  return [
    {
      letter: textOr(value.letter),
      model,
      served_by: textOr(value.served_by),
      outcome,
      reason: oneOf(REASONS, value.reason),
      seconds: amountOr(value.seconds) ?? 0,
      tokens_out: amountOr(value.tokens_out),
      chars: amountOr(value.chars) ?? 0,
      left_out: amountOr(value.left_out) ?? 0,
    },
  ];
}

/** A code that nobody knows is a failure; none at all, as in no version, claims none. */
function exitCode(value: unknown): ExitCode {
  if (value === undefined) return EXIT.answered;
  return EXITS.has(value) ? (value as ExitCode) : EXIT.failed;
}

function textsOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const amountOr = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

function oneOf<T extends string>(known: Record<T, true>, value: unknown): T | null {
  return typeof value === 'string' && Object.hasOwn(known, value) ? (value as T) : null;
}
