import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { KEEP } from './log.ts';

/** What of a file's first line tells it from others. */
const HEAD_BYTES = 256;
/** No line is that long: whatever has no end for so many bytes is garbage, and is passed over. */
export const LONGEST_LINE = 1024 * 1024;
export const NEWLINE = 10;

/** A file of the log, open for reading. */
export interface LogFile {
  handle: FileHandle;
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
export async function openLogFiles(file: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  try {
    // A rotation under way moves files further back, so that one is seen twice, and none is missed.
    for (let n = 0; n <= KEEP; n++) {
      const next = await openLogFile(n === 0 ? file : `${file}.${n}`);
      if (next === null) continue;
      if (files.some(({ id }) => id === next.id)) await next.handle.close();
      else files.push(next);
    }
    return files;
  } catch (error) {
    await closeLogFiles(files);
    throw error;
  }
}

export async function closeLogFiles(files: readonly LogFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

async function openLogFile(path: string): Promise<LogFile | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const { ino, size } = await handle.stat();
    const head = await readAt(handle, 0, Math.min(size, HEAD_BYTES));
    const end = head.indexOf(NEWLINE);
    if (end >= 0 || head.length === HEAD_BYTES) {
      const line = end < 0 ? head : head.subarray(0, end);
      return { handle, id: `${ino.toString(36)}-${crc32(line).toString(36)}`, size };
    }
    await handle.close();
    return null;
  } catch (error) {
    await handle?.close();
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The bytes from `position` on; fewer where the file ends. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
