import { closeSync, fstatSync, mkdirSync, openSync, readSync, type Stats, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLine } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { jsonLine } from '../json-line.ts';
import { rotate, statOrNull } from './rotate.ts';
import { warnRarely } from './warn-rarely.ts';

const MAX_BYTES = 64 * 1024 * 1024;
/** How many rotated files there are. */
export const KEEP = 5;
/** Seconds between two looks whether the file is still at its path, and between two tries to open it. */
const CHECK_S = 1;
const NEWLINE = 10;

export interface LogOptions {
  file: string;
  /** The file is rotated before it would grow over this. */
  maxBytes?: number;
  /** How many rotated files (`.1` is the youngest) are kept. */
  keep?: number;
  /** Monotonic, in seconds. */
  now(): number;
  warn(message: string): void;
}

/** The log of requests. No method throws: an answer does not fail because its line could not be written. */
export interface Log {
  /** Where it is. */
  readonly file: string;
  write(line: LogLine): void;
  close(): void;
}

/** Opens the log, together with its folder. What cannot be written is one warning, and is tried again with later lines. */
export function openLog(options: LogOptions): Log {
  return new LogFile(options);
}

/** Other processes append to the same file, and rotate it: nothing about it can be taken for granted. */
class LogFile implements Log {
  readonly file: string;
  readonly #options: Required<LogOptions>;
  readonly #warn: (message: string) => void;
  #fd: number | null = null;
  /** The file's size before the write that comes next, and where the last one ended: what is longer has others' bytes. */
  #size = 0;
  #wholeTo: number | null = null;
  #checkAt = Number.NEGATIVE_INFINITY;
  #openAt = Number.NEGATIVE_INFINITY;

  constructor(options: LogOptions) {
    this.file = options.file;
    this.#options = { maxBytes: MAX_BYTES, keep: KEEP, ...options };
    this.#warn = warnRarely(options.warn, options.now);
  }

  write(line: LogLine): void {
    try {
      this.#append(jsonLine(line));
    } catch (error) {
      this.#warn(
        `The log ${this.#options.file} cannot be written (${messageOf(error)}); requests go unlogged.`,
      );
    }
  }

  close(): void {
    this.#release();
    // Whoever writes after the end gets nothing.
    this.#openAt = Number.POSITIVE_INFINITY;
  }

  #append(line: string): void {
    const fd = this.#ready(Buffer.byteLength(line));
    if (fd === null) return;
    // One write for a whole line, so that lines of several processes do not mix.
    const bytes = Buffer.from(this.#size !== this.#wholeTo && isTorn(fd) ? `\n${line}` : line);
    if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk is full');
    this.#wholeTo = this.#size + bytes.length;
  }

  /** The file to append `adding` bytes to; null while it cannot be opened. */
  #ready(adding: number): number | null {
    let stats = this.#fd === null ? null : fstatSync(this.#fd);
    if (stats === null || this.#isMoved(stats)) {
      this.#release();
      this.#open();
      if (this.#fd === null) return null;
      stats = fstatSync(this.#fd);
    }
    if (stats.size > 0 && stats.size + adding > this.#options.maxBytes) {
      this.#rotate(stats);
      if (this.#fd === null) this.#open();
      if (this.#fd !== null) stats = fstatSync(this.#fd);
    }
    this.#size = stats.size;
    return this.#fd;
  }

  #isMoved(ours: Stats): boolean {
    if (ours.nlink === 0) return true;
    const now = this.#options.now();
    if (now < this.#checkAt) return false;
    this.#checkAt = now + CHECK_S;
    return !isSame(statOrNull(this.#options.file), ours);
  }

  #open(): void {
    const { now, file } = this.#options;
    if (now() < this.#openAt) return;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#fd = openSync(file, 'a+', 0o600);
    } catch (error) {
      this.#openAt = now() + CHECK_S;
      throw error;
    }
  }

  /** Lets go of the file when it has been rotated, by this process or by another one. */
  #rotate(ours: Stats): void {
    const { file, keep } = this.#options;
    try {
      rotate(file, keep, (there) => isSame(there, ours));
    } catch (error) {
      this.#warn(`The log ${file} cannot be rotated (${messageOf(error)}); it goes on growing.`);
    }
    if (!isSame(statOrNull(file), ours)) this.#release();
  }

  #release(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#wholeTo = null;
  }
}

function isSame(there: Stats | null, ours: Stats): boolean {
  return there !== null && there.ino === ours.ino && there.dev === ours.dev;
}

/** Whether a file ends in the middle of a line, as the disk was full or whoever wrote it died. */
function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}
