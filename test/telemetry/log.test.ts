import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../proxy/contract.ts';
import { openLog } from '../../proxy/telemetry/log.ts';
import { logLine } from '../../proxy/telemetry/log-line.ts';
import { promptFacts } from '../../proxy/telemetry/prompt.ts';
import { ReceiptBuilder } from '../../proxy/telemetry/receipt.ts';

const newFile = () => join(mkdtempSync(join(tmpdir(), 'log-')), 'deeper', 'log.jsonl');
const nobody = { user: null, metadata: null };

function receipt(fields: Partial<Receipt> = {}): Receipt {
  const clock = { wall: () => 1777978067.96, now: () => 0 };
  const builder = new ReceiptBuilder('id', 'ask', clock);
  builder.asked('fast-9b', promptFacts([{ role: 'user', text: 'Name three primary 🍞' }]));
  builder.add({ type: 'attempt', state: 'started', model: 'fast-9b' });
  builder.add({ type: 'delta', text: 'ok' });
  builder.add({ type: 'finish', reason: 'stop', usage: { promptTokens: 5, completionTokens: 1 }, loadS: 0 });
  return { ...builder.receipt(), ...fields };
}

describe('a line', () => {
  it('begins with the ten keys of the first version, in their order', () => {
    const line = JSON.parse(logLine(receipt(), nobody));
    expect(Object.keys(line).slice(0, 10)).toEqual([
      'ts',
      'model',
      'served_by',
      'prompt_hash',
      'prompt_chars',
      'response_chars',
      'latency_s',
      'cache_hit',
      'demoted',
      'exit_code',
    ]);
    expect(line).toMatchObject({
      ts: 1777978067.96,
      prompt_chars: 20,
      response_chars: 2,
      cache_hit: false,
      demoted: false,
      exit_code: 0,
    });
    expect(line.prompt_hash).toMatch(/^[0-9a-f]{8}$/);
  });

  it('has the hash of the prompt alone, as any tool would compute it', () => {
    const hash = execFileSync('sha256sum', { input: 'hi' }).toString().slice(0, 8);
    expect(promptFacts([{ role: 'user', text: 'hi' }]).hash).toBe(hash);
  });
});

describe('the log', () => {
  it('moves on when it is full, and keeps the last five', () => {
    const file = newFile();
    const log = openLog({ file, warn: (message) => expect.fail(message), maxBytes: 100, keep: 5 });
    for (let i = 0; i < 40; i++) log.write(JSON.stringify({ i, filler: 'x'.repeat(20) }));
    log.close();
    expect(readdirSync(join(file, '..')).sort()).toEqual([
      'log.jsonl',
      ...[1, 2, 3, 4, 5].map((n) => `log.jsonl.${n}`),
    ]);
    expect(JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '').i).toBe(39);
  });

  it('follows when somebody moves or removes it', () => {
    const file = newFile();
    const clock = { ms: 0 };
    const log = openLog({ file, warn: (message) => expect.fail(message), now: () => clock.ms });
    log.write('1');
    renameSync(file, `${file}.old`);
    clock.ms += 2000;
    log.write('2');
    rmSync(file);
    clock.ms += 2000;
    log.write('3');
    log.close();
    expect(readFileSync(file, 'utf8')).toBe('3\n');
  });

  it('that cannot be written costs one warning, no answer, and is tried again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'));
    writeFileSync(join(folder, 'log'), '');
    const warnings: string[] = [];
    const log = openLog({
      file: join(folder, 'log', 'log.jsonl'),
      warn: (message) => warnings.push(message),
    });
    log.write('1');
    log.write('2');
    expect(warnings).toHaveLength(1);
    rmSync(join(folder, 'log'));
    log.write('3');
    log.close();
    expect(readFileSync(join(folder, 'log', 'log.jsonl'), 'utf8')).toBe('3\n');
  });

  it('has no torn line when several processes write and rotate at the same time', async () => {
    const file = newFile();
    const script = `
      import { openLog } from ${JSON.stringify(new URL('../../proxy/telemetry/log.ts', import.meta.url).href)};
      const log = openLog({ file: process.argv[1], warn: console.error, maxBytes: 100_000, keep: 50 });
      for (let i = 0; i < 400; i++) log.write(JSON.stringify({ who: process.pid, i, filler: 'y'.repeat(300) }));`;
    const writers = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', script, file], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const lines = readdirSync(join(file, '..')).flatMap((name) =>
      readFileSync(join(file, '..', name), 'utf8')
        .trim()
        .split('\n'),
    );
    expect(lines.map((line): { i: number } => JSON.parse(line))).toHaveLength(1200);
  });
});

describe('cli/week.jq', () => {
  it('answers over a week: requests per model, hit rate, demotion rate, latencies', (context) => {
    if (!hasJq()) return context.skip('jq is not installed');
    const file = newFile();
    const log = openLog({ file, warn: (message) => expect.fail(message) });
    const now = Date.now() / 1000;
    for (let i = 1; i <= 100; i++)
      log.write(
        logLine(
          receipt({ ts: now - i, latency_s: i / 100, cache: i <= 25 ? 'hit' : 'miss', demoted: i > 90 }),
          nobody,
        ),
      );
    log.write(logLine(receipt({ ts: now, model: 'tiny', exit_code: 4 }), nobody));
    log.write(logLine(receipt({ ts: now - 8 * 86_400 }), nobody));
    log.close();
    // What the shim writes when there is no proxy.
    appendFileSync(file, '{"ts":1,"model":null,"served_by":null}\n');
    const query = new URL('../../cli/week.jq', import.meta.url).pathname;
    const table = JSON.parse(execFileSync('jq', ['-n', '-f', query, file]).toString());
    expect(table).toEqual([
      {
        model: 'fast-9b',
        requests: 100,
        hit_rate: 0.25,
        demotion_rate: 0.1,
        failed: 0,
        p50_s: 0.5,
        p95_s: 0.95,
      },
      { model: 'tiny', requests: 1, hit_rate: 0, demotion_rate: 0, failed: 1, p50_s: 0, p95_s: 0 },
    ]);
  });
});

function hasJq(): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'jq')));
}
