import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { aCache, anAnswer } from './helpers.ts';

afterEach(() => {
  vi.useRealTimers();
});

const large = (bornTs: number) => anAnswer({ text: 'x'.repeat(10_000), bornTs });

test('gives back what was put, also after it was closed and opened again', () => {
  const { store, reopen, warnings } = aCache();
  const answer = anAnswer({ toolCalls: [{ id: 'call_1', name: 'f', arguments: '{}' }] });
  store.put('k', answer);
  expect(store.get('k')).toEqual(answer);
  expect(store.get('other')).toBeNull();
  store.close();
  expect(reopen().get('k')).toEqual(answer);
  expect(warnings).toEqual([]);
});

test('creates the missing folder, and lets nobody else read the file', () => {
  const { store, file } = aCache();
  store.put('k', anAnswer());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
});

test('replaces an answer, and takes its new birth', () => {
  const { store, clock } = aCache();
  store.put('k', anAnswer({ text: 'old' }));
  clock.now = 1090;
  store.put('k', anAnswer({ text: 'new', bornTs: 1090 }));
  clock.now = 1150;
  expect(store.get('k')?.text).toBe('new');
  expect(store.stats().rows).toBe(1);
});

test('an expired answer is a miss, and a sweep deletes it', () => {
  const { store, clock } = aCache();
  store.put('k', anAnswer());
  clock.now = 1099;
  expect(store.get('k')).not.toBeNull();
  clock.now = 1100;
  expect(store.get('k')).toBeNull();
  expect(store.stats().rows).toBe(1);
  store.sweep();
  expect(store.stats()).toEqual({ rows: 0, bytes: 0 });
});

test('a time to live of Infinity never ends', () => {
  const { store, clock } = aCache({ ttlS: Number.POSITIVE_INFINITY });
  store.put('k', anAnswer());
  clock.now = 1e12;
  store.sweep();
  expect(store.get('k')).not.toBeNull();
});

test('a sweep deletes the oldest-used until it is under the limit, the expired ones first', () => {
  const { store, clock } = aCache({ maxBytes: 25_000 });
  store.put('expired', large(900));
  for (const [i, key] of ['a', 'b', 'c'].entries()) store.put(key, large(1000 + i));
  clock.now = 1010;
  store.get('a');
  store.sweep();
  expect(['expired', 'a', 'b', 'c'].map((key) => store.get(key) !== null)).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(store.stats().bytes).toBeLessThanOrEqual(25_000);
});

test('an answer larger than the whole cache does not push out the others', () => {
  const { store } = aCache({ maxBytes: 5000 });
  store.put('small', anAnswer());
  store.put('huge', large(1000));
  store.sweep();
  expect(store.get('huge')).toBeNull();
  expect(store.get('small')).not.toBeNull();
});

test('sweeps in the background, a few rows a turn', () => {
  vi.useFakeTimers();
  const { store } = aCache({ maxBytes: 10_000 });
  for (let i = 0; i < 300; i++) store.put(`k${i}`, anAnswer({ bornTs: 1000 + i / 1000 }));
  expect(store.stats().rows).toBe(300);
  vi.advanceTimersByTime(5000);
  expect(store.stats().rows).toBe(250);
  vi.runAllTimers();
  expect(store.stats().bytes).toBeLessThanOrEqual(10_000);
  expect(store.get('k299')).not.toBeNull();
});

test('the time of a use reaches the file in the background or at the close, not with the request', () => {
  vi.useFakeTimers();
  const { store, file, clock } = aCache();
  store.put('k', anAnswer());
  const reader = new BetterSqlite3(file);
  const lastUsed = () => reader.prepare('SELECT last_used FROM answers').pluck().get();
  clock.now = 1010;
  store.get('k');
  expect(lastUsed()).toBe(1000);
  vi.runOnlyPendingTimers();
  expect(lastUsed()).toBe(1010);
  clock.now = 1020;
  store.get('k');
  store.close();
  expect(lastUsed()).toBe(1020);
  reader.close();
});

test('clear empties it', () => {
  const { store } = aCache();
  store.put('k', anAnswer());
  store.clear();
  expect(store.get('k')).toBeNull();
  expect(store.stats()).toEqual({ rows: 0, bytes: 0 });
});

test('after the close it is empty and silent', () => {
  const { store, warnings } = aCache();
  store.put('k', anAnswer());
  store.close();
  store.close();
  store.put('k', anAnswer());
  expect(store.get('k')).toBeNull();
  expect(warnings).toEqual([]);
});
