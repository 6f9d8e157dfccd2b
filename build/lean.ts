import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of a bundle what Express brings and Toaster does not use: a start reads it, and keeps it in memory. (Measured on
 * 2 cores: 20 ms and 2 MB for the media types, a tenth of a start for body-parser.)
 */

/** The files that a page is made of. Express knows 2,500 kinds of files. */
const SERVED = new Set([
  'html',
  'js',
  'mjs',
  'css',
  'json',
  'txt',
  'svg',
  'png',
  'ico',
  'woff2',
  'map',
  'bin',
]);

export const lean: Plugin = {
  name: 'what nobody uses stays out',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]mime-db[\\/]db\.json$/ }, ({ path }) => {
      const types = Object.entries<{ extensions?: string[] }>(JSON.parse(readFileSync(path, 'utf8')));
      const served = types.filter(([, { extensions }]) => extensions?.some((one) => SERVED.has(one)));
      return { contents: JSON.stringify(Object.fromEntries(served)), loader: 'json' };
    });
    // Bodies are read by http/read-body.ts.
    onLoad({ filter: /[\\/]body-parser[\\/]index\.js$/ }, () => ({ contents: 'module.exports = {};' }));
  },
};
