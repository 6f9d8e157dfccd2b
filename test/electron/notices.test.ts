import { describe, expect, it } from 'vitest';
import { NoticePolicy } from '../../electron/notices.ts';
import { DEFAULTS } from '../../electron/settings.ts';
import type { LogLine, PressureLevel } from '../../proxy/contract.ts';

const demotion: LogLine = {
  ts: 0,
  model: 'fast-9b',
  served_by: 'fast-1b',
  prompt_hash: null,
  prompt_chars: 1,
  response_chars: 1,
  latency_s: 1,
  cache_hit: false,
  demoted: true,
  exit_code: 0,
  source: 'ask',
  degraded_reason: 'no_room',
};

function policy(settings = {}) {
  let now = 1000;
  const made = new NoticePolicy(
    () => ({ ...DEFAULTS, ...settings }),
    () => now,
  );
  return {
    later: (seconds: number) => (now += seconds),
    level: (level: PressureLevel, why: string | null = null) => made.pressure({ level, why, since: 0 }),
    demoted: () => made.request(demotion),
    broke: () => made.broke('app.log'),
    request: (line: LogLine) => made.request(line),
  };
}

describe('notifications of pressure', () => {
  it('tell of the rise with the culprit, offer cooling, and are silent about the fall', () => {
    const { level } = policy();
    expect(level('normal')).toBe(null);
    expect(level('warn', 'the system says that memory is warn; Ollama grew by 3.1 GB')).toEqual({
      title: 'Memory is getting tight',
      body: 'The system says that memory is warn; Ollama grew by 3.1 GB.',
      offersCooling: true,
    });
    expect(level('critical')?.title).toBe('Memory is critical');
    expect(level('warn')).toBe(null);
    expect(level('normal')).toBe(null);
  });

  it('do not repeat themselves when the level goes up and down', () => {
    const { level, later } = policy();
    expect(level('warn')).not.toBe(null);
    for (let times = 0; times < 5; times += 1) {
      later(60);
      level('normal');
      expect(level('warn')).toBe(null);
    }
    later(600);
    level('normal');
    expect(level('warn')).not.toBe(null);
  });

  it('are off when the person says so', () => {
    expect(policy({ notifyPressure: false }).level('critical')).toBe(null);
  });
});

describe('notifications of a demotion', () => {
  it('are off until they are wanted', () => {
    expect(policy().demoted()).toBe(null);
  });

  it('come once in a while, with the count of the unsaid', () => {
    const { demoted, later } = policy({ notifyDemotion: true });
    expect(demoted()).toEqual({
      title: 'fast-9b → fast-1b',
      body: 'A smaller model answered (no room).',
      offersCooling: false,
    });
    expect([demoted(), demoted()]).toEqual([null, null]);
    later(301);
    expect(demoted()?.body).toBe('A smaller model answered (no room). 2 more since the last notification.');
  });

  it('are of demotions only', () => {
    const { request } = policy({ notifyDemotion: true });
    expect(request({ ...demotion, demoted: false })).toBe(null);
    expect(request({ ...demotion, served_by: null })).toBe(null);
  });
});

it('an error that comes again and again is told once a minute', () => {
  const { broke, later } = policy();
  expect(broke()?.body).toBe('It goes on; app.log says more.');
  expect(broke()).toBe(null);
  later(61);
  expect(broke()).not.toBe(null);
});
