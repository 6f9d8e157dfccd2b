import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../proxy/chat/types.ts';
import { ApiError } from '../../proxy/errors.ts';
import { logLine } from '../../proxy/telemetry/log-line.ts';
import { promptFacts } from '../../proxy/telemetry/prompt.ts';
import { ReceiptBuilder } from '../../proxy/telemetry/receipt.ts';
import { aReceipt } from './helpers.ts';

const FIRST_KEYS = [
  ...['ts', 'model', 'served_by', 'prompt_hash', 'prompt_chars', 'response_chars'],
  ...['latency_s', 'cache_hit', 'demoted', 'exit_code'],
];

/** The line of a request with these events, each a tenth of a second after the one before. */
function lineOf(events: ChatEvent[]) {
  const clock = { wall: () => 1777978067.96, now: () => ms };
  let ms = 0;
  const builder = new ReceiptBuilder('id', 'ask', clock);
  builder.asked('fast-9b', promptFacts([{ role: 'user', text: 'Name three primary 🍞' }]));
  for (const event of events) {
    ms += 100;
    builder.add(event);
  }
  return logLine(builder.receipt(), { user: null, metadata: null });
}
const started = (model: string): ChatEvent => ({ type: 'attempt', state: 'started', model });
const failed: ChatEvent = {
  type: 'attempt',
  state: 'failed',
  model: 'fast-9b',
  reason: 'timeout',
  detail: 'slow',
  seconds: 1.23456,
};
const finish: ChatEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 5, completionTokens: 1 },
  loadS: 0,
};

describe('a line', () => {
  it('begins with the ten keys of the first version, in their order', () => {
    const line = lineOf([started('fast-9b'), { type: 'delta', text: 'ok' }, finish]);
    expect(Object.keys(line).slice(0, 10)).toEqual(FIRST_KEYS);
    expect(line).toMatchObject({
      ts: 1777978067.96,
      prompt_chars: 20,
      response_chars: 2,
      latency_s: 0.3,
      ttft_s: 0.2,
      demoted: false,
      exit_code: 0,
    });
  });

  it('tells of a demotion: what was tried, and only what the one who answered said', () => {
    const line = lineOf([
      started('fast-9b'),
      { type: 'delta', text: 'lost words' },
      failed,
      started('fast-3b'),
      { type: 'delta', text: '🍞' },
      finish,
    ]);
    expect(line).toMatchObject({
      model: 'fast-9b',
      served_by: 'fast-3b',
      demoted: true,
      degraded_reason: 'timeout',
      response_chars: 1,
      ttft_s: 0.5,
      attempts: [{ model: 'fast-9b', reason: 'timeout', seconds: 1.235 }],
    });
  });

  it('tells of an error, and of a client that went away', () => {
    expect(
      lineOf([started('fast-9b'), { type: 'error', error: new ApiError(503, 'no', { exit: 4 }) }]),
    ).toMatchObject({ exit_code: 4, error: 'no', served_by: null, finish: null });
    expect(lineOf([started('fast-9b')])).toMatchObject({ exit_code: 130 });
  });

  it('stays short whatever a client says about itself', () => {
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, 'x'.repeat(1e6)]));
    const line = logLine(aReceipt({ error: 'y'.repeat(1e6) }), { user: 'z'.repeat(1e6), metadata });
    expect(Object.keys(line.metadata ?? {})).toHaveLength(16);
    expect(line.metadata?.['key 15']).toHaveLength(512);
    expect(JSON.stringify(line).length).toBeLessThan(12_000);
  });

  it('tells what was asked for in place of a chat, and counts all of its texts', () => {
    expect(logLine(aReceipt(), { user: null, metadata: null })).not.toHaveProperty('task');
    expect(logLine(aReceipt({ task: 'embed' }), { user: null, metadata: null }).task).toBe('embed');
    const filled = promptFacts([], { kind: 'complete', prompt: '🍞a', suffix: 'bcd' });
    const embedded = promptFacts([], { kind: 'embed', input: ['🍞a', 'bcd'] });
    expect([filled.chars, embedded.chars]).toEqual([5, 5]);
    expect(promptFacts([], { kind: 'complete', prompt: '🍞a' }).hash).not.toBe(filled.hash);
  });

  it('has the hash of the prompt alone, as any tool would compute it', () => {
    const hash = execFileSync('sh', [
      '-c',
      'printf hi | { sha256sum || shasum -a 256; } 2>/dev/null',
    ]).toString();
    expect(promptFacts([{ role: 'user', text: 'hi' }]).hash).toBe(hash.slice(0, 8));
    expect(promptFacts([], { kind: 'complete', prompt: 'hi' }).hash).toBe(hash.slice(0, 8));
    expect(promptFacts([], { kind: 'embed', input: ['hi'] }).hash).toBe(hash.slice(0, 8));
  });
});
