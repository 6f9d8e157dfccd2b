import type { Readable } from 'node:stream';
import { LinkFailure } from '../../errors.ts';
import { Lines } from '../lines.ts';

/** One event is a few tokens; what grows beyond this is no event. */
const MOST_CHARS = 16_000_000;

/**
 * The data of server-sent events, however their bytes are cut. Comments, names and ids are passed over; an event that the
 * stream's end cuts off is given, too: whoever reads it finds out. Source: WHATWG HTML, "Server-sent events".
 */
export async function* readEvents(response: Readable): AsyncGenerator<string> {
  // The stream's own decoder keeps a character that is cut in two for the next chunk.
  response.setEncoding('utf8');
  const lines = new Lines();
  let data: string | null = null;
  for await (const piece of response.iterator({ destroyOnReturn: false })) {
    for (const line of lines.add(piece)) {
      if (line === '') {
        if (data !== null) yield data;
        data = null;
      } else data = withLine(data, line);
    }
    if (lines.rest + (data?.length ?? 0) > MOST_CHARS)
      throw new LinkFailure('crash', 'the server sent an event without an end');
  }
  const last = lines.end();
  if (last !== '') data = withLine(data, last);
  if (data !== null) yield data;
}

function withLine(data: string | null, line: string): string | null {
  if (!line.startsWith('data')) return data;
  const value = line[4] === ':' ? line.slice(line[5] === ' ' ? 6 : 5) : line === 'data' ? '' : null;
  if (value === null) return data;
  return data === null ? value : `${data}\n${value}`;
}
