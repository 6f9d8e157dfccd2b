import { describe, expect, it } from 'vitest';
import { whyLines } from '../../proxy/ask/why.ts';
import type { Receipt } from '../../proxy/contract.ts';
import { aReceipt } from '../telemetry/helpers.ts';

const NOW = 1777907200;
const miss: Partial<Receipt> = {
  cache: 'miss',
  birth: null,
  latency_s: 3.25,
  ttft_s: 1.25,
  load_s: 2.7,
  tokens_in: 32,
  tokens_out: 21,
  swapouts: 12,
};
const lines = (differs: Partial<Receipt>) => whyLines(aReceipt(differs), NOW);

describe('--why', () => {
  it('tells of a cold answer what it took', () => {
    expect(lines(miss)).toEqual([
      'asked       fast-9b',
      'served      fast-9b',
      'cache       miss, key 5d41402abc4b',
      'load        2.7 s, it was cold',
      'first token 1.3 s',
      'total       3.3 s',
      'tokens      32 in, 21 out, 10.0 a second',
      'context     53 of 8192 tokens (1%)',
      'memory      pressure normal, 12 pages swapped out',
      'request     req_1',
    ]);
  });

  it('tells of a hit how old it is, and nothing about a runtime that was not asked', () => {
    expect(lines({})).toEqual([
      'asked       fast-9b',
      'served      fast-9b',
      'cache       hit, 2 h old, made in 2.0 s, key 5d41402abc4b',
      'first token 0.001 s',
      'total       0.003 s',
      'tokens      5 in, 1 out',
      'context     6 of 8192 tokens (0%)',
      'request     req_1',
    ]);
  });

  it('tells every attempt and its reason, and that memory was tight', () => {
    const attempts = [
      { model: 'fast-9b', reason: 'timeout' as const, detail: 'no token in 60 s', seconds: 60.04 },
    ];
    const demoted = {
      ...miss,
      demoted: true,
      degraded_reason: 'timeout' as const,
      served_by: 'fast-3b',
      attempts,
    };
    expect(lines({ ...demoted, memory: 'tight', load_s: 0, swapouts: null })).toEqual(
      expect.arrayContaining([
        'served      fast-3b (timeout)',
        'tried       fast-9b: timeout after 60.0 s: no token in 60 s',
        'load        warm',
        'memory      pressure normal, tight: it ran alone',
      ]),
    );
  });

  it('has no line for what nobody knows', () => {
    const unknown = {
      ...miss,
      served_by: null,
      ttft_s: null,
      load_s: null,
      tokens_in: null,
      tokens_out: null,
    };
    expect(lines({ ...unknown, context: null }).map((line) => line.split(' ')[0])).toEqual([
      'asked',
      'served',
      'cache',
      'total',
      'memory',
      'request',
    ]);
  });
});
