import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/temp-folder.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';

let toaster: TestToaster;
let folder: string;
beforeEach(async () => {
  folder = join(tempFolder(), 'ui');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Toaster</title>');
  writeFileSync(join(folder, 'assets', 'index-Bx3d.js'), 'export {}');
  writeFileSync(join(folder, 'assets', 'index-9aQz.css'), 'a{}');
  writeFileSync(join(folder, '.hidden'), 'x');
  writeFileSync(join(folder, '..', 'secret.txt'), 'secret');
  toaster = await startToaster({ ui: folder });
});
afterEach(() => toaster.end());

const get = (path: string, headers = {}) => fetch(toaster.url + path, { headers, redirect: 'manual' });

/** As it is, where `fetch` would tidy the path up. */
const raw = (path: string, headers = {}): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(toaster.url);
    http
      .get({ hostname, port, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      })
      .on('error', reject);
  });

describe('/ui/', () => {
  it('is the page, asked for anew each time, and its files for a year', async () => {
    const page = await get('/ui/');
    expect(await page.text()).toContain('<title>Toaster');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    for (const [file, type] of [
      ['index-Bx3d.js', /javascript/],
      ['index-9aQz.css', /^text\/css/],
    ] as const) {
      const asset = await get(`/ui/assets/${file}`);
      expect(asset.status).toBe(200);
      expect(asset.headers.get('content-type')).toMatch(type);
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    const again = await raw('/ui/', { 'if-none-match': page.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('lets no other page and no foreign script near', async () => {
    for (const path of ['/ui/', '/ui/assets/index-Bx3d.js', '/ui/nothing']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy'), path).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
  });

  it.each([
    '/ui/../secret.txt',
    '/ui/..%2fsecret.txt',
    '/ui/%2e%2e/secret.txt',
    '/ui/assets/..%2f..%2fsecret.txt',
    '/ui/..%5csecret.txt',
    '/ui//etc/passwd',
    '/ui/%2fetc%2fpasswd',
    '/ui/.hidden',
    '/ui/%00',
    '/ui/%zz',
    '/ui/assets/',
    '/ui/nothing',
  ])('has nothing at %s', async (path) => {
    const { status, text } = await raw(path);
    expect(status).toBe(404);
    expect(text).not.toContain('secret\n');
    expect(JSON.parse(text).error.code).toBe('not_found');
  });

  it('is where /ui leads to, and a browser at /', async () => {
    for (const [path, headers] of [
      ['/ui', {}],
      ['/ui?x=1', {}],
      ['/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }],
    ] as const) {
      const response = await get(path, headers);
      expect([302, 308]).toContain(response.status);
      expect(response.headers.get('location')).toBe('/ui/');
    }
    for (const accept of ['*/*', 'text/plain', 'application/json'])
      expect(await (await get('/', { accept })).text()).toMatch(/is running/);
  });

  it('says how to build it while it is not built, and is there as soon as it is', async () => {
    rmSync(join(folder, 'index.html'));
    const missing = await get('/ui/');
    expect(missing.status).toBe(503);
    expect(await missing.text()).toMatch(/npm run ui/);
    expect(missing.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    writeFileSync(join(folder, 'index.html'), 'built');
    expect((await get('/ui/')).status).toBe(200);
  });
});
