import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';

/** Where `npm run ui` puts the page, seen from the bundle and from this file. */
const FOLDERS = ['./ui', '../../dist/ui'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

const HEADERS = {
  // React sets styles on elements; everything else comes from files of our own.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

const NOT_BUILT = 'The page has not been built. Build it with: npm run ui\nThen load this address again.\n';

/** `/ui/`: the built page. `folder` is where it is, when that is not where it is built. */
export function uiPage(folder?: string): RequestHandler {
  const folders = folder === undefined ? FOLDERS : [folder];
  const pages = folders.map((root) => ({ root, serve: filesOf(root) }));
  return (req, res, next) => {
    res.set(HEADERS);
    // The page's own links are relative to /ui/.
    if (!/^\/ui\//.test(req.originalUrl)) return res.redirect(308, '/ui/');
    // Looked for each time: it may be built while this runs.
    const built = pages.find(({ root }) => existsSync(join(root, 'index.html')));
    if (built) return built.serve(req, res, next);
    res.status(503).type('text').send(NOT_BUILT);
  };
}

function filesOf(root: string): RequestHandler {
  const assets = join(root, 'assets', '/');
  return express.static(root, {
    redirect: false,
    cacheControl: false,
    setHeaders(res, path) {
      // The names in assets/ carry a hash of their content.
      const hashed = path.startsWith(assets);
      res.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
