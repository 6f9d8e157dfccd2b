/** Where progress is shown. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far a download has come: a bar that is drawn over on a terminal, else a line at each tenth. */
export class Progress {
  readonly #out: Screen;
  readonly #total: number;
  readonly #began = performance.now();
  readonly #from: number;
  #drawn = Number.NEGATIVE_INFINITY;
  #tenth = -1;

  /** `from`: bytes that were there before. */
  constructor(out: Screen, total: number, from: number) {
    this.#out = out;
    this.#total = total;
    this.#from = from;
  }

  /** Bytes that are there now. */
  show(bytes: number): void {
    const share = bytes / this.#total;
    const done = bytes >= this.#total;
    if (this.#out.isTTY) {
      if (!done && performance.now() - this.#drawn < 100) return;
      this.#drawn = performance.now();
      const filled = Math.round(share * 30);
      this.#out.write(
        `\r\u001b[K  ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${this.#numbers(bytes)}${done ? '\n' : ''}`,
      );
    } else if (Math.floor(share * 10) > this.#tenth) {
      this.#tenth = Math.floor(share * 10);
      this.#out.write(`  ${this.#numbers(bytes)}\n`);
    }
  }

  #numbers(bytes: number): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const rate = (bytes - this.#from) / Math.max(seconds, 0.001);
    const left = rate > 0 ? `${spoken((this.#total - bytes) / rate)} left` : 'nothing yet';
    const time = bytes >= this.#total ? `in ${spoken(seconds)}` : left;
    const percent = Math.floor((bytes / this.#total) * 100);
    return `${percent}% of ${mb(this.#total)} MB, ${mb(rate)} MB/s, ${time}`;
  }
}

/** Seconds, or from two minutes on whole minutes. */
const spoken = (seconds: number): string =>
  seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
const mb = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
