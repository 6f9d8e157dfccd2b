import { LONGEST_LINE, type LogFile, NEWLINE, readAt } from './log-files.ts';

const BLOCK = 64 * 1024;

/** Whole lines from the end of a stretch of a file. */
export interface LinesBefore {
  /** Newest first, each with the place where it begins. */
  lines: { text: string; start: number }[];
  start: number;
  /** How many bytes were read for them. */
  read: number;
}

/**
 * The lines that end at or before `end`, a block's worth. At the end of a file the last one may be torn. `start` is where
 * to go on; 0 when there are no more.
 */
export async function linesBefore(file: LogFile, end: number): Promise<LinesBefore> {
  for (let length = BLOCK, read = 0; ; length *= 4) {
    const from = Math.max(0, end - length);
    const bytes = await readAt(file, from, end - from);
    read += bytes.length;
    // What stands before the first newline began before the block.
    const first = from === 0 ? 0 : bytes.subarray(0, -1).indexOf(NEWLINE) + 1;
    if (from > 0 && first === 0 && length < LONGEST_LINE) continue;
    return { lines: split(bytes, first, from), start: from + first, read };
  }
}

function split(bytes: Buffer, first: number, offset: number): LinesBefore['lines'] {
  const lines: LinesBefore['lines'] = [];
  for (let end = bytes.length; end > first; ) {
    // The newline at the very end belongs to the last line.
    const start = end - 2 < first ? first : Math.max(first, bytes.lastIndexOf(NEWLINE, end - 2) + 1);
    lines.push({ text: bytes.toString('utf8', start, end), start: offset + start });
    end = start;
  }
  return lines;
}
