import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnswerStore, openCache, type StoredAnswer } from '../../proxy/cache/store.ts';
import { emptyAnswer } from '../../proxy/chat/answer.ts';

const DAY = 86_400;

function open(file = join(mkdtempSync(join(tmpdir(), 'cache-')), 'cache.db'), maxBytes = 1e6) {
  const clock = { now: 1_000_000 };
  const warnings: string[] = [];
  const store = openCache({
    file,
    ttlS: 30 * DAY,
    maxBytes,
    now: () => clock.now,
    warn: (message) => warnings.push(message),
  });
  const put = (key: string, text = key) => store.put(key, answer(text, clock.now));
  return { store, clock, warnings, file, put };
}
const answer = (text: string, ts: number): StoredAnswer => ({
  ...emptyAnswer(),
  text,
  finish: 'stop',
  served: 'm',
  birth: { ts, latency_s: 1, ttft_s: 0.5, load_s: 0 },
});
const has = (store: AnswerStore, ...keys: string[]) => keys.map((key) => store.get(key) !== null);

describe('the store', () => {
  it('keeps answers across a restart', () => {
    const { store, file, put, clock } = open();
    put('a');
    store.close();
    expect(open(file).store.get('a')).toEqual(answer('a', clock.now));
  });

  it('forgets after its time, at once for the reader and from the disk with the next sweep', () => {
    const { store, clock, put } = open();
    put('a');
    clock.now += 30 * DAY - 1;
    expect(has(store, 'a')).toEqual([true]);
    clock.now += 2;
    expect(has(store, 'a')).toEqual([false]);
    store.sweep();
    clock.now -= 10;
    expect(has(store, 'a')).toEqual([false]);
  });

  it('lets the oldest-used go when it is full', () => {
    const { store, clock, put } = open(undefined, 1500);
    for (const key of ['a', 'b', 'c', 'd']) {
      put(key, key.repeat(300));
      clock.now += 1;
    }
    expect(has(store, 'a')).toEqual([true]);
    clock.now += 1;
    store.sweep();
    expect(has(store, 'a', 'b', 'd')).toEqual([true, false, true]);
  });
});

describe('a database that cannot be used', () => {
  it('because it is none is kept aside, and a new one begun', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cache-')), 'cache.db');
    writeFileSync(file, 'this is no database '.repeat(100));
    const { store, warnings, put } = open(file);
    put('a');
    expect(has(store, 'a')).toEqual([true]);
    expect(warnings).toEqual([expect.stringMatching(/was broken/)]);
    expect(existsSync(`${file}.corrupt`)).toBe(true);
  });

  it('because its folder cannot be made is done without, after one warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cache-'));
    writeFileSync(join(folder, 'file'), '');
    const { store, warnings, put } = open(join(folder, 'file', 'cache.db'));
    put('a');
    expect(has(store, 'a')).toEqual([false]);
    expect(warnings).toHaveLength(1);
    store.close();
  });

  it('because it may only be read still gives what it has', (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write everything');
    const { store, file, put } = open();
    put('a');
    store.close();
    chmodSync(file, 0o444);
    const again = open(file);
    again.put('b');
    expect(again.warnings.length).toBeLessThanOrEqual(1);
  });
});
