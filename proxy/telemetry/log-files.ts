import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { KEEP } from './log.ts';

/** No line is that long: whatever has no end for so many bytes is garbage, and is passed over. */
export const LONGEST_LINE = 1024 * 1024;
export const NEWLINE = 10;
/** What of a file's first line tells it from others. */
const HEAD_BYTES = 256;

const readLater = promisify(read);

/** A file of the log, open for reading. */
export interface LogFile {
  fd: number;
  /**
   * The same through every rotation: the inode together with a sum over the beginning of the first line, as a new file
   * often gets the inode of the one that has just been deleted.
   */
  id: string;
  size: number;
}

/**
 * Opens the log and its rotated files, newest first; those without one whole line have nothing to read, and are left out.
 * The caller closes them. Throws what the file system says, but not that a file is not there.
 */
export function openLogFiles(file: string): LogFile[] {
  const files: LogFile[] = [];
  try {
    // A rotation under way moves files further back, so that one is seen twice, and none is missed.
    for (let n = 0; n <= KEEP; n++) {
      const next = openLogFile(n === 0 ? file : `${file}.${n}`);
      if (next === null) continue;
      if (files.some(({ id }) => id === next.id)) closeSync(next.fd);
      else files.push(next);
    }
    return files;
  } catch (error) {
    closeLogFiles(files);
    throw error;
  }
}

export function closeLogFiles(files: readonly LogFile[]): void {
  for (const { fd } of files) closeSync(fd);
}

function openLogFile(path: string): LogFile | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { ino, size } = fstatSync(fd);
    const bytes = Buffer.alloc(HEAD_BYTES);
    const head = bytes.subarray(0, readSync(fd, bytes, 0, HEAD_BYTES, 0));
    const end = head.indexOf(NEWLINE);
    if (end >= 0 || head.length === HEAD_BYTES) {
      const line = end < 0 ? head : head.subarray(0, end);
      return { fd, id: `${ino.toString(36)}-${crc32(line).toString(36)}`, size };
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return null;
}

/** The bytes from `position` on; fewer where the file ends. Others get their turn meanwhile. */
export async function readAt({ fd }: LogFile, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await readLater(fd, buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
