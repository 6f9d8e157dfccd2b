import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const KEEP = 5;
/** How often to look whether somebody moved the file away. */
const LOOK_EVERY_MS = 1000;

/** The log of requests. */
export interface RequestLog {
  /** Appends one line, given without its newline. Never throws: an answer is worth more than its line. */
  write(line: string): void;
  close(): void;
}

export interface LogOptions {
  file: string;
  warn(message: string): void;
  /** Monotonic, in ms. */
  now?: () => number;
  maxBytes?: number;
  keep?: number;
}

interface OpenFile {
  fd: number;
  inode: number;
  /** Bytes, as far as this process knows. */
  size: number;
}

/**
 * Opens a log that appends each line with a single write, so that lines of several writers (another proxy, the shim)
 * never mix, and that moves a full file to `.1`, the older ones on to `.2` and so forth.
 */
export function openLog({
  file,
  warn,
  now = () => performance.now(),
  maxBytes = MAX_BYTES,
  keep = KEEP,
}: LogOptions): RequestLog {
  let open: OpenFile | null = null;
  let looked = Number.NEGATIVE_INFINITY;
  let warned = false;

  const reopen = (): OpenFile => {
    if (open) closeSync(open.fd);
    open = null;
    mkdirSync(dirname(file), { recursive: true });
    const fd = openSync(file, 'a', 0o600);
    const { ino, size } = fstatSync(fd);
    open = { fd, inode: ino, size };
    return open;
  };
  /** Looked at only now and then: between two looks nobody but this process is likely to have written much. */
  const current = (): OpenFile => {
    if (open && now() - looked < LOOK_EVERY_MS) return open;
    looked = now();
    if (!open || inodeOf(file) !== open.inode) return reopen();
    open.size = fstatSync(open.fd).size;
    return open;
  };
  const append = (bytes: Buffer): void => {
    let target = current();
    if (target.size > 0 && target.size + bytes.length > maxBytes) {
      // Only who still holds the file under its name moves it: another writer may have been quicker.
      if (inodeOf(file) === target.inode) rotate(file, keep);
      target = reopen();
    }
    writeSync(target.fd, bytes);
    target.size += bytes.length;
  };

  return {
    write(line) {
      try {
        append(Buffer.from(`${line}\n`, 'utf8'));
        warned = false;
      } catch (error) {
        looked = Number.NEGATIVE_INFINITY;
        if (!warned)
          warn(`the log ${file} cannot be written (${messageOf(error)}); answers go on without it`);
        warned = true;
      }
    },
    close() {
      if (open) closeSync(open.fd);
      open = null;
    },
  };
}

function inodeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? null;
}

/** `log.jsonl` becomes `.1`, `.1` becomes `.2`; what would be one too many is overwritten. */
function rotate(file: string, keep: number): void {
  for (let i = keep - 1; i >= 0; i--) {
    const from = i === 0 ? file : `${file}.${i}`;
    if (inodeOf(from) !== null) renameSync(from, `${file}.${i + 1}`);
  }
}
