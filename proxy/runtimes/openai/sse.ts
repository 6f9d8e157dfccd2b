import type { Readable } from 'node:stream';
import { LinkFailure } from '../../errors.ts';

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

/** Takes a text apart into lines that end in LF, CR LF or CR. */
class Lines {
  /** What has come of the line that is not whole yet. Pieces, for a long line in many of them would be copied each time. */
  #pieces: string[] = [];
  #length = 0;
  /** The text before ended in CR: an LF that follows belongs to it. */
  #afterCr = false;
  #first = true;

  /** How many characters wait for the end of their line. */
  get rest(): number {
    return this.#length;
  }

  add(given: string): string[] {
    let text = given;
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (this.#afterCr && text !== '') {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text === '') return [];
    this.#afterCr = text.endsWith('\r');
    const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = this.end() + (lines[0] ?? '');
    }
    if (rest !== '') this.#pieces.push(rest);
    this.#length += rest.length;
    return lines;
  }

  /** The line that nothing has ended. */
  end(): string {
    const line = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
