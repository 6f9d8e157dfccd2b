import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../proxy/telemetry/log.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { aLine } from './helpers.ts';

const DAY = 86_400;
const program = join(import.meta.dirname, '..', '..', 'cli', 'week.jq');
const hasJq = spawnSync('jq', ['--version']).status === 0;

function week(files: string[], ...options: string[]): unknown {
  const { stdout, stderr } = spawnSync('jq', ['-nR', ...options, '-f', program, ...files], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** A log of ten requests to fast-9b, one to think-9b and one of last month, with a torn line among them. */
function aWeek(): string {
  const file = join(tempFolder(), 'log.jsonl');
  const now = Date.now() / 1000;
  const log = openLog({ file, now: () => now, warn: (message) => expect.unreachable(message) });
  log.write(aLine({ ts: now - 30 * DAY, model: 'old' }));
  for (let i = 1; i <= 10; i++) {
    log.write(
      aLine({
        ts: now - 6 * DAY + i,
        latency_s: i,
        cache: i <= 4 ? 'hit' : 'miss',
        demoted: i === 10,
        exit_code: i === 9 ? 4 : 0,
      }),
    );
  }
  appendFileSync(file, '{"ts":17779\n');
  // `ask --doctor` that found something.
  log.write({ ...aLine({ ts: now - DAY, model: '', exit_code: 4 }), command: 'doctor' });
  log.write(aLine({ ts: now - DAY / 2, model: 'think-9b', latency_s: 0.25, cache: 'miss' }));
  log.close();
  return file;
}

const think = {
  model: 'think-9b',
  requests: 1,
  cache_hit_rate: 0,
  demotion_rate: 0,
  failure_rate: 0,
  p50_s: 0.25,
  p95_s: 0.25,
};

test('jq tells of the last week: requests, hits, demotions and latency by model', (ctx) => {
  if (!hasJq) ctx.skip('jq is not installed');
  expect(week([aWeek()])).toEqual({
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    all: {
      requests: 11,
      cache_hit_rate: 0.364,
      demotion_rate: 0.091,
      failure_rate: 0.091,
      p50_s: 5,
      p95_s: 10,
    },
    models: [
      {
        model: 'fast-9b',
        requests: 10,
        cache_hit_rate: 0.4,
        demotion_rate: 0.1,
        failure_rate: 0.1,
        p50_s: 5,
        p95_s: 10,
      },
      think,
    ],
  });
});

test('jq tells of another time, and of an empty log', (ctx) => {
  if (!hasJq) ctx.skip('jq is not installed');
  expect(week([aWeek()], '--argjson', 'days', '1')).toMatchObject({ all: { requests: 1 }, models: [think] });
  expect(week(['/dev/null'])).toMatchObject({ all: { requests: 0 }, models: [] });
});
