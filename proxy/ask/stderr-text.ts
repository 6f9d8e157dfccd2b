import type { Receipt } from '../contract.ts';

/** Lines that `ask` prints on stderr. */

/** `[degraded: fast-9b → fast-1b] timeout: ...`, or null when the model that was asked for answered. */
export function degradedNote({ demoted, model, served_by, attempts }: Receipt): string | null {
  if (!demoted) return null;
  const [first] = attempts;
  return `[degraded: ${model} → ${served_by}]${first ? ` ${first.reason}: ${first.detail}` : ''}`;
}

/** One line when the model was loaded although it exceeds what was free. */
export function memoryNote({ memory, served_by }: Receipt): string | null {
  return memory === 'tight'
    ? `[memory: tight] ${served_by} exceeds what is free and runs alone; the machine may page`
    : null;
}

/** What to know about an answer that has ended: that it was cut. */
export function endNote({ finish, tokens_out }: Receipt): string | null {
  if (finish !== 'length') return null;
  return `[cut: the answer reached its limit${tokens_out === null ? '' : ` at ${tokens_out} tokens`}; see --max-tokens]`;
}

/** The receipt for `--why`, a line per fact. */
export function whyLines(receipt: Receipt): string[] {
  const seconds = (value: number | null) =>
    value === null ? 'unknown' : `${value.toFixed(value < 1 ? 3 : 1)} s`;
  const rows: [string, string | null][] = [
    ['asked', receipt.model],
    ['served', receipt.served_by ?? 'nobody'],
    ['why', receipt.demoted ? `${receipt.degraded_reason}` : null],
    ['cache', cacheText(receipt)],
    ['load', receipt.cache === 'hit' ? null : seconds(receipt.load_s)],
    ['first token', seconds(receipt.ttft_s)],
    ['total', seconds(receipt.latency_s)],
    ['tokens', `${receipt.tokens_in ?? 'unknown'} in, ${receipt.tokens_out ?? 'unknown'} out`],
    ['request', receipt.request_id],
  ];
  const tried = receipt.attempts.map(({ model, reason, detail, seconds: took }): [string, string] => [
    'tried',
    `${model}: ${reason} after ${seconds(took)}: ${detail}`,
  ]);
  return [...rows.slice(0, 3), ...tried, ...rows.slice(3)].flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(11)} ${value}`],
  );
}

function cacheText({ cache, shared, birth }: Receipt): string {
  if (birth) return `hit, made ${new Date(birth.ts * 1000).toISOString()} in ${birth.latency_s.toFixed(1)} s`;
  return shared ? `${cache}, shared with an identical request` : cache;
}
