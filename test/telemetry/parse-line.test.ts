import { describe, expect, it } from 'vitest';
import type { CouncilMember } from '../../proxy/contract.ts';
import { parseLine } from '../../proxy/telemetry/parse-line.ts';
import { aLine } from './helpers.ts';

const MEMBER: CouncilMember = {
  letter: 'A',
  model: 'fast-9b',
  served_by: 'fast-3b',
  outcome: 'demoted',
  reason: 'timeout',
  detail: 'slow',
  seconds: 2.5,
  tokens_out: 40,
  chars: 200,
  left_out: 12,
  text: 'warm',
};

describe('a line of the log, read again', () => {
  it('is what was written', () => {
    const line = aLine({
      attempts: [{ model: 'fast-9b', reason: 'timeout', detail: 'slow', seconds: 2 }],
      task: 'complete',
      memory: 'tight',
      shared: true,
      error: 'no luck',
      council: {
        members: [MEMBER, { ...MEMBER, letter: null, served_by: null, outcome: 'lost', tokens_out: null }],
        chairman: 'think-9b',
        at_once: 2,
        synthesis: true,
      },
    });
    expect(parseLine(JSON.stringify(line))).toEqual(line);
  });

  it.each([
    '',
    '   ',
    '{"ts":17779',
    'nonsense',
    '[]',
    'null',
    '5',
    '{}',
    '{"ts":"noon"}',
    '{"ts":-1}',
    '{"ts":1e999}',
  ])('is none: %j', (text) => {
    expect(parseLine(text)).toBeNull();
  });

  it('of the first version lacks what came later', () => {
    const text =
      '{"ts":1777978067.96,"model":"fast-9b","served_by":"fast-9b","prompt_hash":"775a61d9","prompt_chars":22,"response_chars":2,"latency_s":0.003,"cache_hit":true,"demoted":false,"exit_code":0}';
    expect(parseLine(text)).toEqual({ ...JSON.parse(text), source: 'ask', degraded_reason: null });
  });

  it('of another program claims nothing that it does not say', () => {
    const text = JSON.stringify({
      ts: 5,
      model: 9,
      served_by: ['x'],
      latency_s: -1,
      response_chars: 'many',
      cache_hit: 'yes',
      demoted: 1,
      exit_code: 77,
      source: 'web',
      degraded_reason: 'mood',
      attempts: [{ model: 'a', reason: 'mood' }, { model: 'b', reason: 'crash' }, null, 7],
      tokens_in: null,
      finish: 'whimper',
      pressure: 'high',
      metadata: { team: 'blue', n: 5 },
      council: {
        members: [null, { model: 'a' }, { model: 'b', outcome: 'asleep' }, { model: 'c', outcome: 'lost' }],
      },
    });
    expect(parseLine(text)).toEqual({
      ts: 5,
      model: null,
      served_by: null,
      prompt_hash: null,
      prompt_chars: null,
      response_chars: 0,
      latency_s: 0,
      cache_hit: false,
      demoted: false,
      exit_code: 4,
      source: 'ask',
      degraded_reason: null,
      attempts: [{ model: 'b', reason: 'crash', seconds: 0 }],
      tokens_in: null,
      finish: null,
      metadata: { team: 'blue' },
      council: {
        members: [
          {
            letter: null,
            model: 'c',
            served_by: null,
            outcome: 'lost',
            reason: null,
            seconds: 0,
            tokens_out: null,
            chars: 0,
            left_out: 0,
          },
        ],
        chairman: '',
        at_once: 0,
        synthesis: false,
      },
    });
  });
});
