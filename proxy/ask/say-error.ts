import type { ServerResponse } from 'node:http';
import type { ApiError } from '../errors.ts';
import { Notes } from './notes.ts';

/** An error that came before there was anything to log, such as a missing key: on stderr, as every other. */
export function sayError(res: ServerResponse, error: ApiError): void {
  const notes = new Notes(res, null);
  notes.line(`ask: ${error.message}`);
  res.statusCode = error.status;
  notes.end(error.exit, '');
}
