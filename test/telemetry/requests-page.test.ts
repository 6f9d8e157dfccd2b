import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Receipt, RequestFilter } from '../../proxy/contract.ts';
import { parsePlace, requestsPage } from '../../proxy/telemetry/requests-page.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { aLine } from './helpers.ts';

const aLog = () => join(tempFolder(), 'log.jsonl');
const text = (n: number, differs: Partial<Receipt> = {}): string =>
  `${JSON.stringify(aLine({ request_id: `r${n}`, ts: 1000 + n, ...differs }))}\n`;
const texts = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => text(from + i)).join('');
const numbers = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => `r${from - i}`);

interface Asked {
  filter?: RequestFilter;
  words?: string;
  before?: string | null;
  limit?: number;
  mostBytes?: number;
}

async function page(
  file: string,
  { filter = 'all', words = '', before = null, limit = 10, mostBytes }: Asked = {},
) {
  const place = before === null ? null : parsePlace(before);
  const query = { filter, words, before: place, limit, isCouncil: (name: string) => name === 'council' };
  const { requests, next, read } = await requestsPage(file, query, mostBytes);
  return { ids: requests.map(({ request_id }) => request_id), next, read };
}

/** All pages, one after the other. */
async function all(file: string, asked: Asked = {}, between: (n: number) => void = () => undefined) {
  const ids: (string | undefined)[] = [];
  let pages = 0;
  for (let before: string | null = null; pages === 0 || before !== null; pages++) {
    const found: Awaited<ReturnType<typeof page>> = await page(file, { ...asked, before });
    ids.push(...found.ids);
    before = found.next;
    between(pages);
  }
  return { ids, pages };
}

describe('pages of the log', () => {
  it('none, when there is no log', async () => {
    expect(await page(aLog())).toEqual({ ids: [], next: null, read: 0 });
  });

  it('come newest first, each line once, through all files', async () => {
    const file = aLog();
    writeFileSync(`${file}.5`, texts(1, 7));
    writeFileSync(`${file}.2`, texts(8, 20));
    writeFileSync(file, texts(21, 33));
    for (const limit of [1, 7, 13, 32, 33, 500])
      expect((await all(file, { limit })).ids, `limit ${limit}`).toEqual(numbers(33, 1));
  });

  it('pass over what is torn, foreign or garbage', async () => {
    const file = aLog();
    const garbage = Buffer.from([0, 255, 10, 10, 123, 10, 0xc3, 10]);
    writeFileSync(file, '');
    for (const piece of [
      'not JSON\n',
      text(1),
      '\n\n',
      '{"torn":',
      `\n${text(2)}`,
      garbage,
      text(3),
      '{"level":"info"}\n',
    ])
      appendFileSync(file, piece);
    appendFileSync(file, text(4).slice(0, 50));
    expect((await all(file)).ids).toEqual(['r3', 'r2', 'r1']);
    expect((await all(file, { limit: 1 })).ids).toEqual(['r3', 'r2', 'r1']);
  });

  it('pass over megabytes without any end', async () => {
    const file = aLog();
    writeFileSync(file, `${text(1)}${'x'.repeat(3_000_000)}\n${text(2)}`);
    expect((await all(file)).ids).toEqual(['r2', 'r1']);
  });

  it('find a line as long as a block, and letters of several bytes at its border', async () => {
    const file = aLog();
    const long = { model: 'ü'.repeat(60_000) };
    writeFileSync(file, texts(1, 3) + text(4, long) + texts(5, 6));
    expect((await all(file)).ids).toEqual(numbers(6, 1));
  });

  it('are in the order of the file, also where the clock was set back', async () => {
    const file = aLog();
    writeFileSync(file, text(1, { ts: 5000 }) + text(2, { ts: 10 }) + text(3, { ts: 4000 }));
    expect((await all(file)).ids).toEqual(['r3', 'r2', 'r1']);
  });

  it('go on where they were through rotations', async () => {
    const file = aLog();
    writeFileSync(`${file}.1`, texts(1, 10));
    writeFileSync(file, texts(11, 20));
    const { ids } = await all(file, { limit: 4 }, (n) => {
      if (n > 2) return;
      for (const k of [4, 3, 2, 1]) {
        try {
          renameSync(k === 1 ? file : `${file}.${k - 1}`, `${file}.${k}`);
        } catch {
          // That one is not there yet.
        }
      }
      writeFileSync(file, text(100 + n));
    });
    expect(ids).toEqual(numbers(20, 1));
  });

  it('do not see what came meanwhile', async () => {
    const file = aLog();
    writeFileSync(file, texts(1, 9));
    const { ids } = await all(file, { limit: 3 }, (n) => appendFileSync(file, text(50 + n)));
    expect(ids).toEqual(numbers(9, 1));
  });

  it('end where the file that they came from is gone, even when a new one got its inode', async () => {
    const file = aLog();
    writeFileSync(file, texts(1, 9));
    const { next } = await page(file, { limit: 3 });
    truncateSync(file);
    appendFileSync(file, texts(20, 40));
    expect(await page(file, { before: next })).toMatchObject({ ids: [], next: null });
    rmSync(file);
    expect(await page(file, { before: next })).toMatchObject({ ids: [], next: null });
  });

  it('read a bounded part of a large log, and a search goes on with the next page', async () => {
    const file = aLog();
    writeFileSync(file, text(0, { model: 'needle' }) + texts(1, 20_000));
    const first = await page(file, { limit: 50 });
    expect(first.ids).toEqual(numbers(20_000, 19_951));
    expect(first.read).toBeLessThanOrEqual(64 * 1024);
    const mostBytes = 1_000_000;
    const search = await page(file, { words: 'needle', mostBytes });
    expect(search).toMatchObject({ ids: [], next: expect.any(String) });
    expect(search.read).toBeLessThan(mostBytes + 64 * 1024);
    const found = await all(file, { words: 'needle', mostBytes });
    expect(found.ids).toEqual(['r0']);
    expect(found.pages).toBeGreaterThan(5);
  });
});

describe('what a page is asked for', () => {
  const file = aLogOf({
    plain: { source: 'api', model: 'fast-3b', served_by: 'fast-3b', cache: 'miss' },
    stoodIn: { demoted: true, degraded_reason: 'no_room', served_by: 'Tiny', cache: 'miss' },
    failed: { exit_code: 4, error: 'Every link failed', served_by: null, cache: 'miss' },
    cut: { exit_code: 5, cache: 'miss' },
    usage: { exit_code: 2, cache: 'miss' },
    gone: { exit_code: 130, cache: 'miss' },
    hit: {},
    opinions: { model: 'council', cache: 'bypass' },
  });
  it.each<[Asked, string[]]>([
    [{ filter: 'demoted' }, ['stoodIn']],
    [{ filter: 'failed' }, ['cut', 'failed']],
    [{ filter: 'cached' }, ['hit']],
    [{ filter: 'council' }, ['opinions']],
    [{ words: 'tiny' }, ['stoodIn']],
    [{ words: 'no_room' }, ['stoodIn']],
    [{ words: 'every link' }, ['failed']],
    [{ words: 'api' }, ['plain']],
    [{ words: 'stoodin' }, ['stoodIn']],
    [{ filter: 'cached', words: 'council' }, []],
  ])('%j', async (asked, ids) => {
    expect((await all(file(), asked)).ids).toEqual(ids);
  });
});

function aLogOf(lines: Record<string, Partial<Receipt>>) {
  return () => {
    const file = aLog();
    const texts = Object.entries(lines).map(([request_id, differs]) => text(0, { request_id, ...differs }));
    writeFileSync(file, texts.join(''));
    return file;
  };
}
