/** A timer that fires so much later (ms) than it was set for is a sign that this process, or the machine, stood still. */
const STOOD_STILL_MS = 1000;

/**
 * One deadline, moved with every sign of life; moving it sets no timer. It counts neither the time in which this process
 * stood still, as in a sleep of the machine, nor what has come already and only waits to be read.
 */
export class Patience {
  readonly #expire: (seconds: number, what: string) => void;
  readonly #lastSign: () => number;
  #seconds = Number.POSITIVE_INFINITY;
  #what = '';
  /** Since when nothing came; monotonic ms. */
  #since = 0;
  /** Since when whoever listens has not come back; monotonic ms. */
  #heldAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  /**
   * `lastSign`: when, on the monotonic clock in ms, somebody else was last seen to be served, whom this one may have to
   * wait for.
   */
  constructor(
    expire: (seconds: number, what: string) => void,
    lastSign: () => number = () => Number.NEGATIVE_INFINITY,
  ) {
    this.#expire = expire;
    this.#lastSign = lastSign;
  }

  /** From `now` on so many seconds for `what`; 0 for no limit. */
  allow(seconds: number, what: string, now = performance.now()): void {
    this.#seconds = seconds > 0 ? seconds : Number.POSITIVE_INFINITY;
    this.#what = what;
    this.#since = now;
    this.#arm(this.#end);
  }

  /** Whoever listens takes its time: until `goOn` nothing is late. */
  hold(now = performance.now()): void {
    this.#heldAt = now;
  }

  goOn(): void {
    if (this.#heldAt !== null) this.#since += performance.now() - this.#heldAt;
    this.#heldAt = null;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#seconds = Number.POSITIVE_INFINITY;
  }

  #arm(due: number): void {
    // One that fires too early sets the next.
    if (!Number.isFinite(due) || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    const ms = Math.min(Math.max(0, due - performance.now()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const now = performance.now();
    // To have stood still is nobody's fault, and takes nobody's time.
    if (now - this.#due > STOOD_STILL_MS) this.#since = now;
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    if (!this.#wait(now))
      // Timers come before what has arrived meanwhile: that is read first.
      setImmediate(() => {
        if (!this.#wait(performance.now())) this.#expire(this.#seconds, this.#what);
      });
  }

  /** Sets the timer anew, unless the time is over. */
  #wait(now: number): boolean {
    const end = this.#heldAt === null ? this.#end : now + this.#seconds * 1000;
    if (end <= now) return false;
    this.#arm(end);
    return true;
  }

  get #end(): number {
    return Math.max(this.#since, this.#lastSign()) + this.#seconds * 1000;
  }
}
