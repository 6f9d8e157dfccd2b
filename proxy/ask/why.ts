import type { Council, Receipt } from '../contract.ts';
import { howAsked } from './council-text.ts';

/** The receipt for `--why`: a line per fact, aligned; what is not known has no line. `now` is in seconds since 1970. */
export function whyLines(receipt: Receipt, now: number): string[] {
  const { model, served_by, demoted, degraded_reason, attempts, request_id } = receipt;
  const { latency_s, wait_s, ttft_s } = receipt;
  const rows: [string, string | null][] = [
    ['asked', model],
    ['served', `${served_by ?? 'nobody'}${demoted ? ` (${degraded_reason})` : ''}`],
    ...attempts.map(({ model: tried, reason, detail, seconds: took }): [string, string] => [
      'tried',
      `${tried}: ${reason} after ${seconds(took)}: ${detail}`,
    ]),
    ...(receipt.council === null ? [] : councilRows(receipt.council)),
    ['cache', cacheText(receipt, now)],
    ['paid', receipt.paid ? 'it cost money' : null],
    ['waited', wait_s > 0 ? `${seconds(wait_s)} for its turn` : null],
    ['load', loadText(receipt)],
    ['first token', ttft_s === null ? null : seconds(ttft_s)],
    ['total', seconds(latency_s)],
    ['tokens', tokensText(receipt)],
    ['context', contextText(receipt)],
    ['memory', memoryText(receipt)],
    ['request', request_id],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(11)} ${value}`]));
}

const seconds = (value: number): string => `${value.toFixed(value < 1 ? 3 : 1)} s`;

function councilRows({ members, at_once, synthesis }: Council): [string, string][] {
  return [
    ['members', `${howAsked(at_once)}${synthesis ? '' : ', no synthesis'}`],
    ...members.map(({ letter, model, served_by, outcome, reason, seconds: took }): [string, string] => {
      const who = outcome === 'answered' ? model : `${model} → ${served_by ?? 'lost'} (${reason})`;
      return [`member ${letter ?? '-'}`, `${who}, ${seconds(took)}`];
    }),
  ];
}

/** The key's beginning is enough to find it in cache.db. */
function cacheText({ cache, cache_key, shared, birth }: Receipt, now: number): string {
  const key = cache_key === null ? '' : `, key ${cache_key.slice(0, 12)}`;
  if (birth) return `hit, ${age(now - birth.ts)} old, made in ${seconds(birth.latency_s)}${key}`;
  return `${cache}${shared ? ', shared with an identical request' : ''}${key}`;
}

function age(s: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ];
  const [size, name] = units.find(([one]) => s >= one) ?? [1, 's'];
  return `${Math.max(0, Math.floor(s / size))} ${name}`;
}

/** A hit asked no runtime. */
function loadText({ cache, load_s }: Receipt): string | null {
  if (cache === 'hit' || load_s === null) return null;
  return load_s < 0.05 ? 'warm' : `${seconds(load_s)}, it was cold`;
}

function tokensText({ cache, council, tokens_in, tokens_out, latency_s, ttft_s }: Receipt): string | null {
  if (tokens_in === null && tokens_out === null) return null;
  const counted = `${tokens_in ?? 'unknown'} in, ${tokens_out ?? 'unknown'} out`;
  // A council's are those of all its members, who wrote before the first of these.
  if (council) return counted;
  // The first token's time is not theirs.
  const writing = latency_s - (ttft_s ?? 0);
  if (cache === 'hit' || tokens_out === null || tokens_out < 2 || writing <= 0) return counted;
  return `${counted}, ${((tokens_out - 1) / writing).toFixed(1)} a second`;
}

function contextText({ context, tokens_in, tokens_out }: Receipt): string | null {
  if (context === null || tokens_in === null || tokens_out === null) return null;
  const used = tokens_in + tokens_out;
  return `${used} of ${context} tokens (${Math.round((used / context) * 100)}%)`;
}

function memoryText({ cache, memory, pressure, swapouts }: Receipt): string | null {
  if (cache === 'hit') return null;
  const parts = [`pressure ${pressure}`];
  if (memory !== null) parts.push('tight: it ran alone');
  if (swapouts !== null) parts.push(`${swapouts} pages swapped out`);
  return parts.join(', ');
}
