import type { ServerResponse } from 'node:http';
import { EXIT, type ExitCode, HEADERS } from '../contract.ts';
import { harmless } from './harmless.ts';
import type { StderrStream } from './stderr-streams.ts';

/** Node writes headers as latin1; so UTF-8 goes through as it is, and curl passes the bytes on. */
const asHeader = (line: string): string => Buffer.from(line.replaceAll('\n', ' '), 'utf8').toString('latin1');

/**
 * What `ask` prints on stderr, and its exit code. What is said before the answer begins goes over the live stream where
 * stderr is a terminal, else into headers. What is said after goes into trailers, which the shim prints when the answer
 * stands: two connections would race for the one screen.
 */
export class Notes {
  readonly #res: ServerResponse;
  readonly #live: StderrStream | null;
  /** stderr is a terminal: what moves may be shown. */
  readonly watched: boolean;
  /** Lines that the client has not been given in another way. */
  #early: string[] = [];
  #late: string[] = [];

  /** `watched` where the live stream goes to a terminal. */
  constructor(res: ServerResponse, live: StderrStream | null, watched = live !== null) {
    this.#res = res;
    this.#live = live;
    this.watched = watched;
  }

  /** Whether stderr has a stream of its own. */
  get live(): boolean {
    return this.#live !== null;
  }

  /** A whole line. It may quote what came from anywhere. */
  line(words: string): void {
    const text = harmless(words);
    if (this.#res.headersSent) {
      this.#late.push(text);
      return;
    }
    this.#early.push(text);
    this.#live?.write(`${text}\n`);
  }

  /** A line for when the answer stands. */
  afterwards(text: string): void {
    this.#late.push(harmless(text));
  }

  /** What goes on at this moment, in one line of the live stream that the next one replaces; null takes it away. */
  progress(line: string | null): void {
    this.#live?.progress(line);
  }

  /** Text for the live stream alone. */
  raw(text: string): void {
    this.#live?.write(text);
  }

  /** Puts what is known into the headers; they must not have been sent. */
  intoHeaders(exit: ExitCode): void {
    this.#res.setHeader(HEADERS.exit, String(exit));
    if (this.live) return;
    this.#setNotes(this.#early);
    this.#early = [];
  }

  /** The client went away: whoever reads the live stream is let go. */
  abandon(): void {
    void this.#live?.end();
  }

  /** Ends the response, `text` being the last of its body. */
  end(exit: ExitCode, text: string): void {
    if (this.#live) void this.#live.end().then((heard) => this.#end(exit, text, heard));
    else this.#end(exit, text, false);
  }

  #end(exit: ExitCode, text: string, heard: boolean): void {
    const lines = [...(heard ? [] : this.#early), ...this.#late];
    if (!this.#res.headersSent) {
      this.#res.setHeader(HEADERS.exit, String(exit));
      this.#setNotes(lines);
      this.#res.end(text);
      return;
    }
    const trailers: [string, string][] = lines.map((line) => [HEADERS.note, asHeader(line)]);
    if (exit !== EXIT.answered) trailers.push([HEADERS.exit, String(exit)]);
    if (text !== '') this.#res.write(text);
    if (trailers.length > 0) this.#res.addTrailers(trailers);
    this.#res.end();
  }

  #setNotes(lines: string[]): void {
    if (lines.length > 0) this.#res.setHeader(HEADERS.note, lines.map(asHeader));
  }
}
