import { mkdirSync } from 'node:fs';
import { createRequire, enableCompileCache, flushCompileCache } from 'node:module';
import { pathsFrom } from './paths.ts';

/**
 * Starts the bundled program with what V8 compiled the last time. It is kept in the data folder: the usual place is one
 * that others on the machine can write to, and it is code.
 */

/** By then all that a start needs has been compiled. */
const STARTED_MS = 3000;

const { compiled } = pathsFrom(process.env);
try {
  // Node would make the folders readable for others, and the data folder may not be there yet.
  mkdirSync(compiled, { recursive: true, mode: 0o700 });
  enableCompileCache(compiled);
  setTimeout(flushCompileCache, STARTED_MS).unref();
} catch {
  // Without it the start takes longer; a folder that cannot be written is the program's to tell.
}
createRequire(import.meta.url)('./toaster.cjs');
