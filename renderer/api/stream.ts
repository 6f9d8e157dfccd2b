import type { LogLine, Status } from '../../proxy/contract.ts';

/** After an answer that is no stream the browser does not try again by itself. */
const RETRY_MS = 2000;

/** Who hears what. */
export interface StreamEars {
  status(status: Status): void;
  request(line: LogLine): void;
  /** What was missed is not known: ask anew. Also after the page was hidden or the proxy away. */
  reset(): void;
  opened(): void;
  lost(): void;
}

/** `/api/events` for as long as somebody can see the page. */
export class Stream {
  readonly #ears: StreamEars;
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  /** Whether there was one before: a new one does not know what that one missed, nor what could not be asked meanwhile. */
  #again = false;

  constructor(ears: StreamEars) {
    this.#ears = ears;
  }

  /** Listens while the page is shown, from now on. */
  follow(): void {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close();
      else this.#open();
    });
    if (!document.hidden) this.#open();
  }

  #open(): void {
    this.#close();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.onopen = () => {
      this.#ears.opened();
      if (this.#again) this.#ears.reset();
      this.#again = true;
    };
    source.onerror = () => {
      this.#ears.lost();
      if (source.readyState === EventSource.CLOSED) this.#retry = setTimeout(() => this.#open(), RETRY_MS);
    };
    source.addEventListener('status', ({ data }) => this.#ears.status(JSON.parse(data)));
    source.addEventListener('request', ({ data }) => this.#ears.request(JSON.parse(data)));
    source.addEventListener('reset', () => this.#ears.reset());
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
