import type { ChatEvent } from '../chat/types.ts';
import type { Notes } from './notes.ts';

const ERASE = '\r\u001b[K';

/** One line on a terminal's stderr that counts the seconds of a load, and vanishes when there is something to read. */
export class LoadLine {
  readonly #notes: Notes;
  #model = '';
  #progress: number | undefined;
  #since = 0;
  #ticking: NodeJS.Timeout | undefined;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Looks at an event of the request. */
  see(event: ChatEvent): void {
    if (event.type === 'attempt' && event.state === 'started') this.#model = event.model;
    if (event.type !== 'load' || event.state === 'loaded') {
      this.stop();
      return;
    }
    this.#progress = event.progress;
    if (!this.#notes.live || this.#ticking) return;
    this.#since = performance.now();
    this.#ticking = setInterval(() => this.#draw(), 1000);
    this.#draw();
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const percent = this.#progress === undefined ? '' : ` ${Math.floor(this.#progress * 100)}%`;
    this.#notes.raw(`${ERASE}loading ${this.#model}${percent}, ${seconds} s`);
  }

  /** Takes the line away. */
  stop(): void {
    if (!this.#ticking) return;
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#notes.raw(ERASE);
  }
}
