import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of a bundle what Express brings and Toaster does not use: each start would read it, and keep it in memory.
 */

/** The kinds of files that the page is made of, and may be; Express would know those of the whole web. */
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
