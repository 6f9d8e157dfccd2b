import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { tempFolder } from '../helpers/temp-folder.ts';
import { aCache, anAnswer } from './helpers.ts';

const large = (bornTs: number) => anAnswer({ text: 'x'.repeat(10_000), bornTs });

test('a file that is no database is moved aside, once, and a new one begun', () => {
  const { store, file, reopen, warnings, clock } = aCache();
  const asides = () => readdirSync(dirname(file)).filter((name) => name.includes('.corrupt-'));
  store.close();
  for (const round of [1, 2]) {
    clock.now += 5000;
    writeFileSync(file, `rubbish ${round}`.repeat(1000));
    const fresh = reopen();
    fresh.put('k', anAnswer({ bornTs: clock.now }));
    expect(fresh.get('k')).not.toBeNull();
    fresh.close();
    expect(asides()).toEqual([`cache.db.corrupt-${clock.now}`]);
    expect(warnings).toHaveLength(round);
  }
  expect(readFileSync(join(dirname(file), asides()[0] ?? ''), 'utf8')).toMatch(/^rubbish 2/);
});

test('damage that shows only in use is a miss, one warning and a new database', () => {
  const { store, file, reopen, warnings } = aCache();
  for (let i = 0; i < 200; i++) store.put(`k${i}`, large(1000));
  store.close();
  const bytes = readFileSync(file);
  bytes.fill(0x55, 8 * 4096);
  writeFileSync(file, bytes);
  const damaged = reopen();
  expect(warnings).toEqual([]);
  for (let i = 0; i < 200; i++) damaged.get(`k${i}`);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/damaged.*corrupt-1000/);
  damaged.put('new', anAnswer());
  expect(damaged.get('new')).not.toBeNull();
  expect(warnings).toHaveLength(1);
});

test('a row that holds no answer is a miss, and goes', () => {
  const { store, file, warnings } = aCache();
  const db = new BetterSqlite3(file);
  const insert = db.prepare("INSERT INTO answers VALUES (?, 'm', 1, 1000, 1000, ?)");
  for (const [key, answer] of ['{"text":', '{"text":"no more"}', 'null'].entries())
    insert.run(`k${key}`, answer);
  db.close();
  for (const key of ['k0', 'k1', 'k2']) expect(store.get(key)).toBeNull();
  expect(store.stats().rows).toBe(0);
  expect(warnings).toEqual([]);
});

test('what cannot be opened serves nothing, with one warning, and is tried again after a minute', () => {
  const folder = tempFolder();
  const blocker = join(folder, 'data');
  writeFileSync(blocker, 'a file where the folder should be');
  const { store, warnings, clock } = aCache({ file: join(blocker, 'cache.db') });
  store.put('k', anAnswer());
  expect(store.get('k')).toBeNull();
  expect(store.stats()).toEqual({ rows: 0, bytes: 0 });
  store.sweep();
  store.clear();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/not usable/);
  rmSync(blocker);
  clock.now += 61;
  store.put('k', anAnswer({ bornTs: clock.now }));
  expect(store.get('k')).not.toBeNull();
});

test('a database of a newer Toaster is left alone', () => {
  const { store, file, reopen, warnings } = aCache();
  store.put('k', anAnswer());
  store.close();
  const db = new BetterSqlite3(file);
  db.pragma('user_version = 99');
  db.close();
  expect(reopen().get('k')).toBeNull();
  expect(warnings).toEqual([expect.stringMatching(/newer Toaster/)]);
  expect(readdirSync(dirname(file))).toEqual(['cache.db']);
});

test('while another process writes, an answer is not stored, and later ones are', () => {
  const { store, file, warnings } = aCache();
  const other = new BetterSqlite3(file);
  other.exec('BEGIN IMMEDIATE');
  store.put('k', anAnswer());
  expect(store.get('k')).toBeNull();
  other.exec('COMMIT');
  other.close();
  store.put('k', anAnswer());
  expect(store.get('k')).not.toBeNull();
  expect(warnings).toHaveLength(1);
});

test('on a full disk what is stored is still served, with one warning', () => {
  const folder = tempFolder();
  const program = join(import.meta.dirname, 'fill-the-disk.ts');
  // A limit on the size of files (in KiB) is as good as a full disk, and needs no rights.
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 400; exec "$0" "$@"', process.execPath, program, join(folder, 'cache.db')],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ first: true, last: false, warnings: 1 });
});
