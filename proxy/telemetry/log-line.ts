import type { Council, LogLine, Receipt } from '../contract.ts';

/** What a client says about itself, kept with the line. */
export interface ClientFacts {
  user: string | null;
  metadata: Record<string, string> | null;
}

/** A line stays short whatever a client says about itself; these are OpenAI's limits. */
const TEXT_CHARS = 512;
const METADATA_KEYS = 16;

function short(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata)
      .slice(0, METADATA_KEYS)
      .map(([key, value]) => [key.slice(0, TEXT_CHARS), value.slice(0, TEXT_CHARS)]),
  );
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const roundOr = (value: number | null): number | null => (value === null ? null : round(value, 3));

function withoutTexts({ members, ...facts }: Council): NonNullable<LogLine['council']> {
  return {
    ...facts,
    members: members.map(({ detail: _, text: __, ...member }) => ({
      ...member,
      seconds: round(member.seconds, 3),
    })),
  };
}

/**
 * A receipt as a line of the log: the ten keys of the first version in their order, then further ones. `command`: the flag
 * of an `ask` that was no question to a model, or `count_tokens`.
 */
export function logLine(
  receipt: Receipt,
  { user, metadata }: ClientFacts,
  command: string | null = null,
): LogLine {
  return {
    ts: round(receipt.ts, 3),
    model: receipt.model === '' ? null : receipt.model,
    served_by: receipt.served_by,
    prompt_hash: receipt.prompt_hash === '' ? null : receipt.prompt_hash,
    prompt_chars: receipt.prompt_chars,
    response_chars: receipt.response_chars,
    latency_s: round(receipt.latency_s, 3),
    cache_hit: receipt.cache === 'hit',
    demoted: receipt.demoted,
    exit_code: receipt.exit_code,
    source: receipt.source,
    request_id: receipt.request_id,
    attempts: receipt.attempts.map(({ model, reason, seconds }) => ({
      model,
      reason,
      seconds: round(seconds, 3),
    })),
    degraded_reason: receipt.degraded_reason,
    ttft_s: roundOr(receipt.ttft_s),
    load_s: roundOr(receipt.load_s),
    tokens_in: receipt.tokens_in,
    tokens_out: receipt.tokens_out,
    finish: receipt.finish,
    pressure: receipt.pressure,
    swapouts: receipt.swapouts,
    pageouts: receipt.pageouts,
    ...(command !== null && { command }),
    ...(receipt.task !== null && { task: receipt.task }),
    ...(receipt.memory !== null && { memory: receipt.memory }),
    ...(receipt.shared && { shared: true }),
    ...(receipt.paid && { paid: true }),
    ...(receipt.wait_s > 0 && { wait_s: round(receipt.wait_s, 3) }),
    ...(receipt.council !== null && { council: withoutTexts(receipt.council) }),
    ...(receipt.error !== null && { error: receipt.error.slice(0, TEXT_CHARS) }),
    ...(user !== null && { user: user.slice(0, TEXT_CHARS) }),
    ...(metadata !== null && { metadata: short(metadata) }),
  };
}
