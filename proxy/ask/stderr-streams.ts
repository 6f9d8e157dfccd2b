import type { Response } from 'express';

/** Takes a line off a terminal, for the next one to be drawn. */
const ERASE = '\r\u001b[K';

/** How long the second connection of one `ask` may come before or after the first. */
const MEET_MS = 5000;
/** How long the end of a short answer waits for that connection. */
const LAST_CALL_MS = 2000;

/** Text on its way to the stderr of one `ask`. */
export interface StderrStream {
  write(text: string): void;
  /** Draws the line of what goes on at this moment, or takes it away. Who comes later sees it only while it stands. */
  progress(line: string | null): void;
  /**
   * Ends the stream when it is read, which with an answer from the cache may be a moment later. False when nobody came,
   * so that what was written has to be told in another way.
   */
  end(): Promise<boolean>;
}

interface Meeting {
  reader: Response | null;
  /** Calls whoever waits for a reader. */
  came: () => void;
  written: boolean;
  waiting: string;
  /** What draws the line that stands there now, or would. */
  line: string;
  over: boolean;
}

/**
 * A terminal wants to see what happens while it happens, on stderr, and curl has one output: so `ask` opens a second
 * connection with the same id. The two meet here, in whichever order they come.
 */
export class StderrStreams {
  readonly #meetings = new Map<string, Meeting>();

  /** The writing side, for the request. */
  open(id: string): StderrStream {
    const meeting = this.#meeting(id);
    meeting.written = true;
    return {
      write: (text) => {
        // The line that moves stays the last one.
        if (meeting.reader)
          meeting.reader.write(meeting.line === '' ? text : `${ERASE}${text}${meeting.line}`);
        else meeting.waiting += text;
      },
      progress: (line) => {
        meeting.line = line === null ? '' : `${ERASE}${line}`;
        meeting.reader?.write(meeting.line || ERASE);
      },
      end: async () => {
        if (!meeting.reader)
          await new Promise<void>((resolve) => {
            meeting.came = resolve;
            setTimeout(resolve, LAST_CALL_MS).unref();
          });
        meeting.over = true;
        meeting.reader?.end();
        return meeting.reader !== null;
      },
    };
  }

  /** The reading side: what has been written so far, then the rest as it comes. */
  read(id: string, res: Response): void {
    const meeting = this.#meeting(id);
    res.set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    if (meeting.over) {
      res.end();
      return;
    }
    meeting.reader = res;
    res.write(meeting.waiting + meeting.line);
    meeting.waiting = '';
    meeting.came();
    res.once('close', () => {
      if (meeting.reader === res) meeting.reader = null;
    });
  }

  #meeting(id: string): Meeting {
    const known = this.#meetings.get(id);
    if (known) return known;
    const meeting: Meeting = {
      reader: null,
      came: () => {},
      written: false,
      waiting: '',
      line: '',
      over: false,
    };
    this.#meetings.set(id, meeting);
    // Both sides hold their meeting themselves; only a side that comes later looks it up.
    setTimeout(() => {
      this.#meetings.delete(id);
      if (!meeting.written) meeting.reader?.end();
    }, MEET_MS).unref();
    return meeting;
  }
}
