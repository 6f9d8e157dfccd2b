import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LogOptions, openLog } from '../../proxy/telemetry/log.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { aLine, allLines, linesOf } from './helpers.ts';

function aLog(differs: Partial<LogOptions> = {}) {
  const folder = join(tempFolder(), 'data');
  const warnings: string[] = [];
  const clock = { now: 1000 };
  const options = {
    file: join(folder, 'log.jsonl'),
    now: () => clock.now,
    warn: (message: string) => warnings.push(message),
    ...differs,
  };
  const log = openLog(options);
  onTestFinished(() => log.close());
  return { log, folder, file: options.file, warnings, clock };
}

const named = (id: string) => aLine({ request_id: id });
const idsOf = (lines: string[]) => lines.map((line) => JSON.parse(line).request_id);

test('writes one line each into a file that only its owner reads, and goes on where another one stopped', () => {
  const { log, file } = aLog();
  log.write(named('a'));
  log.write(named('b'));
  log.close();
  const { log: next } = aLog({ file });
  next.write(named('c'));
  expect(idsOf(linesOf(file))).toEqual(['a', 'b', 'c']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('rotates before the file would exceed its size, and keeps so many', () => {
  const size = JSON.stringify(named('a')).length + 1;
  const { log, folder, file } = aLog({ maxBytes: 2 * size, keep: 2 });
  for (const id of 'abcdefgh') log.write(named(id));
  expect(readdirSync(folder).sort()).toEqual(['log.jsonl', 'log.jsonl.1', 'log.jsonl.2']);
  expect(['', '.1', '.2'].map((n) => idsOf(linesOf(file + n)))).toEqual([
    ['g', 'h'],
    ['e', 'f'],
    ['c', 'd'],
  ]);
});

test('a line larger than the whole file gets a file of its own', () => {
  const { log, file } = aLog({ maxBytes: 10 });
  log.write(named('a'));
  log.write(named('b'));
  expect(idsOf(linesOf(file))).toEqual(['b']);
  expect(idsOf(linesOf(`${file}.1`))).toEqual(['a']);
});

test('a deleted file is begun again at once, a moved one within a second', () => {
  const { log, file, clock } = aLog();
  log.write(named('a'));
  log.write(named('a'));
  rmSync(file);
  log.write(named('b'));
  expect(idsOf(linesOf(file))).toEqual(['b']);
  renameSync(file, `${file}.moved`);
  clock.now += 1;
  log.write(named('c'));
  expect(idsOf(linesOf(file))).toEqual(['c']);
});

test('does not rotate what another process has just rotated', () => {
  const { log, file } = aLog({ maxBytes: 1000 });
  log.write(named('a'));
  renameSync(file, `${file}.1`);
  appendFileSync(file, `${JSON.stringify(named('b'))}\n`);
  appendFileSync(`${file}.1`, `${JSON.stringify(named('c'))}\n`);
  log.write(named('d'));
  expect(idsOf(linesOf(file))).toEqual(['b', 'd']);
  expect(existsSync(`${file}.2`)).toBe(false);
});

test('while another process rotates it goes on in the file; a lock that a dead one left is removed', () => {
  const { log, file, warnings } = aLog({ maxBytes: 10 });
  log.write(named('a'));
  const lock = `${file}.lock`;
  writeFileSync(lock, '');
  log.write(named('b'));
  expect(idsOf(linesOf(file))).toEqual(['a', 'b']);
  utimesSync(lock, 0, 0);
  log.write(named('c'));
  log.write(named('d'));
  expect(idsOf(linesOf(file))).toEqual(['d']);
  expect(existsSync(lock)).toBe(false);
  expect(warnings).toEqual([]);
});

test('a line that somebody left unfinished spoils only itself', () => {
  const { log, file } = aLog();
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '{"ts":17779');
  log.write(named('a'));
  expect(linesOf(file)[0]).toBe('{"ts":17779');
  expect(idsOf(linesOf(file).slice(1))).toEqual(['a']);
  // Also one that comes while the file is open.
  appendFileSync(file, '{"torn');
  log.write(named('b'));
  expect(idsOf(linesOf(file).filter((line) => line.includes('request_id')))).toEqual(['a', 'b']);
});

test('a folder that cannot be made is one warning, and is tried again', () => {
  const blocker = join(tempFolder(), 'data');
  writeFileSync(blocker, 'a file where the folder should be');
  const { log, file, warnings, clock } = aLog({ file: join(blocker, 'log.jsonl') });
  for (const id of 'abc') {
    log.write(named(id));
    clock.now += 2;
  }
  expect(warnings).toEqual([expect.stringMatching(/cannot be written/)]);
  rmSync(blocker);
  log.write(named('d'));
  expect(idsOf(linesOf(file))).toEqual(['d']);
});

test('a full disk is one warning', (ctx) => {
  if (!existsSync('/dev/full')) ctx.skip('this system has no /dev/full');
  const { log, warnings } = aLog({ file: '/dev/full' });
  log.write(named('a'));
  log.write(named('b'));
  expect(warnings).toEqual([expect.stringMatching(/no space left/i)]);
});

test('after the close nothing is written, and nothing thrown', () => {
  const { log, file, warnings } = aLog();
  log.write(named('a'));
  log.close();
  log.close();
  log.write(named('b'));
  expect(idsOf(linesOf(file))).toEqual(['a']);
  expect(warnings).toEqual([]);
});

test('six processes write and rotate at once: no line is torn, none is lost, none comes twice', async () => {
  const folder = tempFolder();
  const count = 400;
  const names = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
  const program = join(import.meta.dirname, 'append-lines.ts');
  const writers = names.map((name) =>
    spawn(process.execPath, [program, join(folder, 'log.jsonl'), name, `${count}`, '20000', '200'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const ends = writers.map((writer) => once(writer, 'exit'));
  await Promise.all(writers.map((writer) => once(writer.stdout, 'data')));
  for (const writer of writers) writer.stdin.write('go\n');
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual(names.map(() => 0));

  // Not a file for every 20 kB: while one process rotates, the others go on in the file.
  expect(readdirSync(folder).length).toBeGreaterThan(3);
  const ids = idsOf(allLines(folder));
  expect(ids).toHaveLength(names.length * count);
  expect(new Set(ids).size).toBe(names.length * count);
});
