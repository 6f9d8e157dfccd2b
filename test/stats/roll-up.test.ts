import {
  appendFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Receipt } from '../../proxy/contract.ts';
import { RollUp } from '../../proxy/stats/roll-up.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { aLine } from '../telemetry/helpers.ts';

/** A Tuesday at noon, in seconds since 1970. */
const NOON = 1_777_982_400;
const DAY = 24 * 3600;

function aPlace() {
  const folder = tempFolder();
  return { folder, log: join(folder, 'log.jsonl'), file: join(folder, 'stats.db') };
}

function aRollUp({ log, file }: { log: string; file: string }, now = () => NOON + 60) {
  const warnings: string[] = [];
  const rollUp = new RollUp({ file, log, now, warn: (message) => warnings.push(message) });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= rollUp.close();
    return closed;
  };
  onTestFinished(close);
  return {
    rollUp,
    warnings,
    close,
    requests: async () => (await rollUp.tally(NOON - 30 * DAY, NOON + 7200, 7200)).total.requests,
  };
}

const text = (differs: Partial<Receipt> = {}): string =>
  `${JSON.stringify(aLine({ ts: NOON, cache: 'miss', latency_s: 1, ...differs }))}\n`;
const texts = (count: number): string => text().repeat(count);

describe('what is counted', () => {
  it('answers with their times, and apart from them hits, failures and demotions', async () => {
    const place = aPlace();
    const lines: Partial<Receipt>[] = [
      { latency_s: 1, ttft_s: 0.5, tokens_in: 10, tokens_out: 20, swapouts: 7 },
      { latency_s: 2, ttft_s: null, tokens_in: null, tokens_out: null },
      { cache: 'hit', latency_s: 0.001, tokens_in: 100, tokens_out: 200 },
      { demoted: true, degraded_reason: 'timeout', latency_s: 8, ttft_s: 4 },
      { demoted: true, degraded_reason: 'no_room', exit_code: 5, tokens_in: 7, tokens_out: 7 },
      { exit_code: 4, served_by: null, latency_s: 60 },
      { exit_code: 2, latency_s: 60 },
      { exit_code: 130, latency_s: 60 },
      { model: 'tiny', latency_s: 3 },
    ];
    writeFileSync(place.log, lines.map((line) => text(line)).join(''));
    // Neither asks a model.
    appendFileSync(place.log, text({ model: '' }) + text({ model: '', exit_code: 3 }));
    const { total, models, buckets } = await aRollUp(place).rollUp.tally(NOON - 3600, NOON + 60, 60);
    expect(total).toEqual({
      requests: 9,
      swapouts: 7,
      hits: 1,
      demoted: 2,
      failed: 2,
      p50: expect.closeTo(2, 1),
      p95: expect.closeTo(8, 0),
      ttft_p50: expect.closeTo(0.5, 1),
      tokens_in: 10 + 100 + 5 + 5,
      tokens_out: 20 + 200 + 1 + 1,
      paid_in: 0,
      paid_out: 0,
      reasons: { timeout: 1, no_room: 1 },
    });
    expect(models.map(({ model, requests }) => [model, requests])).toEqual([
      ['fast-9b', 8],
      ['tiny', 1],
    ]);
    expect(buckets).toHaveLength(61);
    expect(buckets.at(-1)).toEqual({ ts: NOON, ...total });
    expect(buckets[0]).toMatchObject({ ts: NOON - 3600, requests: 0, p50: null });
  });

  it('neither what asks no model nor a stress test, whose answers saved nothing', async () => {
    const place = aPlace();
    writeFileSync(place.log, text({ source: 'stress' }) + text({ model: '' }) + text());
    expect(await aRollUp(place).requests()).toBe(1);
  });

  it('each at its own time, also when the clock was set back, and nothing from beyond', async () => {
    const place = aPlace();
    const times = [NOON, NOON - 3600, NOON - 60, NOON - 50 * DAY, NOON + 10 * DAY, 5];
    writeFileSync(place.log, times.map((ts) => text({ ts })).join(''));
    const { rollUp } = aRollUp(place);
    const { buckets, total } = await rollUp.tally(NOON - 7200, NOON + 60, 60);
    expect(buckets.filter(({ requests }) => requests > 0).map(({ ts }) => ts - NOON)).toEqual([
      -3600, -60, 0,
    ]);
    expect(total.requests).toBe(3);
    // The later one is waiting for its time, the older ones are not kept.
    expect((await rollUp.tally(NOON - 100 * DAY, NOON + 20 * DAY, 7200)).total.requests).toBe(4);
  });

  it('the same in steps of any length', async () => {
    const place = aPlace();
    const many = Array.from({ length: 300 }, (_, i) => text({ ts: NOON - i * 97, latency_s: i / 10 }));
    writeFileSync(place.log, many.join(''));
    const { rollUp } = aRollUp(place);
    const from = NOON - 2 * DAY;
    const to = NOON + 7200;
    const byMinute = await rollUp.tally(from, to, 60);
    for (const step of [900, 1800, 7200, 14_400]) {
      const { total, buckets } = await rollUp.tally(from, to, step);
      expect(total, `${step}`).toEqual(byMinute.total);
      expect(buckets.reduce((sum, { requests }) => sum + requests, 0)).toBe(300);
    }
  });
});

describe('following the log', () => {
  it('takes what is appended, by whomever, and half a line only when it is whole', async () => {
    const place = aPlace();
    const { requests } = aRollUp(place);
    expect(await requests()).toBe(0);
    writeFileSync(place.log, texts(2));
    expect(await requests()).toBe(2);
    appendFileSync(place.log, text().slice(0, 60));
    expect(await requests()).toBe(2);
    appendFileSync(place.log, text().slice(60) + texts(3));
    expect(await requests()).toBe(6);
    appendFileSync(place.log, `{"torn\n\n[]\n${'x'.repeat(2_000_000)}\n${text()}`);
    expect(await requests()).toBe(7);
  });

  it('knows after a restart what it has counted', async () => {
    const place = aPlace();
    writeFileSync(place.log, texts(5));
    const first = aRollUp(place);
    expect(await first.requests()).toBe(5);
    await first.close();
    appendFileSync(place.log, texts(1));
    expect(await aRollUp(place).requests()).toBe(6);
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  });

  it('through rotations, and lines that a slow writer still puts into the old file', async () => {
    const place = aPlace();
    const { requests } = aRollUp(place);
    writeFileSync(place.log, texts(3));
    expect(await requests()).toBe(3);
    appendFileSync(place.log, texts(1));
    renameSync(place.log, `${place.log}.1`);
    writeFileSync(place.log, texts(2));
    expect(await requests()).toBe(6);
    appendFileSync(`${place.log}.1`, texts(1));
    expect(await requests()).toBe(7);
    // What moves out of the last place was counted, and stays so.
    rmSync(`${place.log}.1`);
    expect(await requests()).toBe(7);
  });

  it.each<[string, (place: ReturnType<typeof aPlace>) => void, number]>([
    ['the log was emptied', ({ log }) => writeFileSync(log, ''), 0],
    ['it was emptied and written again', ({ log }) => writeFileSync(log, text({ ts: NOON - 60 })), 1],
    ['it was cut', ({ log }) => writeFileSync(log, texts(2)), 2],
    ['it was deleted', ({ log }) => rmSync(log), 0],
  ])('begins anew when %s', async (_what, change, left) => {
    const place = aPlace();
    writeFileSync(place.log, texts(9));
    const { requests } = aRollUp(place);
    expect(await requests()).toBe(9);
    change(place);
    expect(await requests()).toBe(left);
  });

  it('counts nothing twice when two do it at once', async () => {
    const place = aPlace();
    writeFileSync(place.log, texts(3000));
    const both = [aRollUp(place), aRollUp(place)];
    await Promise.all(both.map(({ requests }) => requests()));
    expect(await both[0]?.requests()).toBe(3000);
    expect(await both[1]?.requests()).toBe(3000);
  });

  it('lets others have their turn while it reads', async () => {
    const place = aPlace();
    const lines = 20_000;
    writeFileSync(place.log, texts(lines));
    const { rollUp, requests } = aRollUp(place);
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await rollUp.catchUp();
    done = true;
    // At least one between two blocks.
    expect(turns).toBeGreaterThan(statSync(place.log).size / (64 * 1024) / 2);
    expect(await requests()).toBe(lines);
  });

  it('who is not patient gets what is counted, and how far that is', async () => {
    const place = aPlace();
    const lines = 20_000;
    writeFileSync(place.log, texts(lines));
    const { rollUp } = aRollUp(place);
    expect(rollUp.counting).toBeNull();
    const { total, counting } = await rollUp.tally(NOON - 3600, NOON + 3600, 60, 0);
    expect(total.requests).toBeLessThan(lines);
    expect(counting?.of).toBe(statSync(place.log).size);
    expect(counting?.done).toBeLessThan(counting?.of ?? 0);
    await rollUp.catchUp();
    expect(rollUp.counting).toBeNull();
    expect(await rollUp.tally(NOON - 3600, NOON + 3600, 60)).toMatchObject({
      total: { requests: lines },
      counting: null,
    });
  });

  it('keeps minutes for a day, quarters of an hour for two, hours for 35', async () => {
    const place = aPlace();
    const ages = [0, 23, 25, 47, 49, 34 * 24];
    writeFileSync(place.log, ages.map((hours) => text({ ts: NOON - hours * 3600 })).join(''));
    const { rollUp, close } = aRollUp(place, () => NOON);
    await rollUp.catchUp();
    await close();
    const db = new BetterSqlite3(place.file, { readonly: true });
    const rows = (step: number) =>
      db.prepare('SELECT count(*) FROM rollups WHERE step = ?').pluck().get(step);
    expect([60, 900, 3600].map(rows)).toEqual([2, 4, 6]);
    db.close();
  });

  it('forgets after 35 days', async () => {
    const place = aPlace();
    writeFileSync(place.log, texts(4));
    const clock = { now: NOON };
    const { rollUp, requests } = aRollUp(place, () => clock.now);
    expect(await requests()).toBe(4);
    clock.now += 36 * DAY;
    await rollUp.catchUp();
    expect(await requests()).toBe(0);
  });
});

describe('the database in trouble', () => {
  it('missing or damaged: the log is counted again', async () => {
    const place = aPlace();
    writeFileSync(place.log, texts(5));
    const first = aRollUp(place);
    await first.requests();
    await first.close();
    for (const damage of [
      () => rmSync(place.file),
      () =>
        writeFileSync(place.file, 'this is no database, and is long enough to be taken for one'.repeat(100)),
    ]) {
      damage();
      const { requests, close, warnings } = aRollUp(place);
      expect(await requests()).toBe(5);
      expect(warnings).toEqual([]);
      await close();
    }
  });

  it('of another version: the same', async () => {
    const place = aPlace();
    writeFileSync(place.log, texts(5));
    const db = new BetterSqlite3(place.file);
    db.exec('CREATE TABLE rollups (x); PRAGMA user_version = 99');
    db.close();
    expect(await aRollUp(place).requests()).toBe(5);
  });

  it('not to be opened: it counts without it, after one warning', async () => {
    const place = { ...aPlace(), file: '/dev/null/stats.db' };
    writeFileSync(place.log, texts(5));
    const { requests, warnings } = aRollUp(place);
    expect(await requests()).toBe(5);
    expect(warnings).toEqual([expect.stringMatching(/stats\.db cannot be used/)]);
  });

  it('a log that cannot be read is a warning', async () => {
    const place = aPlace();
    const { requests, warnings } = aRollUp({ ...place, log: place.folder });
    expect(await requests()).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/statistics are not up to date/)]);
    expect(existsSync(place.file)).toBe(true);
    expect(readdirSync(place.folder)).not.toContain('log.jsonl');
  });
});
