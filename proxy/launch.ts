import { createRequire, enableCompileCache, flushCompileCache } from 'node:module';
import { pathsFrom } from './paths.ts';

/**
 * Starts the bundled program with what V8 compiled the last time. It is kept in the data folder: the usual place is one
 * that others on the machine can write to, and it is code.
 */

/** By then all that a start needs has been compiled. */
const STARTED_MS = 3000;

enableCompileCache(pathsFrom(process.env).compiled);
createRequire(import.meta.url)('./toaster.cjs');
setTimeout(flushCompileCache, STARTED_MS).unref();
