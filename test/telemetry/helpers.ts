import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine, Receipt } from '../../proxy/contract.ts';
import { logLine } from '../../proxy/telemetry/log-line.ts';

export function aReceipt(differs: Partial<Receipt> = {}): Receipt {
  return {
    request_id: 'req_1',
    source: 'ask',
    ts: 1777978067.96,
    model: 'fast-9b',
    served_by: 'fast-9b',
    demoted: false,
    degraded_reason: null,
    attempts: [],
    cache: 'hit',
    cache_key: '5d41402abc4b2a76b9719d911017c592ae3f1c8d3f3d6e7b4e5b0a4c9d8e7f60',
    shared: false,
    paid: false,
    memory: null,
    pressure: 'normal',
    swapouts: null,
    pageouts: null,
    latency_s: 0.003,
    wait_s: 0,
    ttft_s: 0.001,
    load_s: 0,
    tokens_in: 5,
    tokens_out: 1,
    context: 8192,
    prompt_hash: '775a61d9',
    prompt_chars: 22,
    response_chars: 2,
    task: null,
    finish: 'stop',
    exit_code: 0,
    error: null,
    birth: { ts: 1777900000, latency_s: 2, ttft_s: 1, load_s: 0 },
    council: null,
    ...differs,
  };
}

export function aLine(differs: Partial<Receipt> = {}): LogLine {
  return logLine(aReceipt(differs), { user: null, metadata: null });
}

/** The non-empty lines of a file. */
export function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

/** The lines of the log and of all its rotated files. */
export function allLines(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => linesOf(join(folder, name)));
}
