import type { ChatEvent } from '../chat/types.ts';
import type { Notes } from './notes.ts';

/**
 * One line on a terminal's stderr that counts the seconds of a load, of waiting for a turn or of a council at work, and
 * vanishes when there is something to read.
 */
export class LoadLine {
  readonly #notes: Notes;
  #model = '';
  /** What the line says. */
  #doing = '';
  /** How far the council is; null when none was asked, or its answer has begun. */
  #stage: string | null = null;
  #since = 0;
  #ticking: NodeJS.Timeout | undefined;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Looks at an event of the request. */
  see(event: ChatEvent): void {
    if (event.type === 'attempt' && event.state === 'started') this.#model = event.model;
    if (event.type === 'council')
      this.#stage = event.stage === 'chairman' ? 'chairman' : `members ${event.done}/${event.of}`;
    else if (event.type === 'delta' || event.type === 'finish' || event.type === 'error') this.#stage = null;
    const doing = this.#doingNow(event);
    if (doing === null || event.type === 'note') this.stop();
    else this.#show(doing, event.type === 'council' || event.type === 'queue');
  }

  #doingNow(event: ChatEvent): string | null {
    if (event.type === 'load' && event.state === 'loading')
      return loading(this.#stage ?? this.#model, event.progress);
    if (event.type === 'queue' && event.ahead !== null)
      return `waiting for ${this.#model}: ${event.ahead === 0 ? 'next' : `${event.ahead} before you`}`;
    return this.#stage;
  }

  #show(doing: string, now: boolean): void {
    const another = this.#ticking === undefined || firstWord(doing) !== firstWord(this.#doing);
    this.#doing = doing;
    if (!this.#notes.watched) return;
    if (another) this.#since = performance.now();
    this.#ticking ??= setInterval(() => this.#draw(), 1000);
    // Progress of a load comes too often for a line each.
    if (another || now) this.#draw();
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    this.#notes.progress(`${this.#doing}, ${seconds} s`);
  }

  /** Takes the line away. */
  stop(): void {
    if (!this.#ticking) return;
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#notes.progress(null);
  }
}

function loading(model: string, progress: number | undefined): string {
  const percent = progress === undefined ? '' : ` ${Math.floor(progress * 100)}%`;
  return `loading ${model}${percent}`;
}

const firstWord = (text: string): string | undefined => text.split(' ')[0];
