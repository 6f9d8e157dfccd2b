import type { AppState } from '../proxy/contract.ts';
import type { Serving } from '../proxy/serve.ts';
import type { Listener } from '../proxy/who-listens.ts';

/** What the app knows of the proxy that it shows. */
export interface HostState {
  mode: AppState['proxy'] | 'starting';
  url: string;
  /** One sentence: why there is no proxy, or that this one took over; null when there is nothing to say. */
  note: string | null;
}

/** What is needed of a proxy in this process. */
export type OwnProxy = Pick<Serving, 'woke' | 'close'>;

export interface HostParts {
  port: number;
  look(port: number): Promise<Listener>;
  /** Starts a proxy in this process. */
  serve(port: number): Promise<OwnProxy>;
  /** Somebody else has the port: another one to use, or null to quit. */
  askAboutStranger(port: number): Promise<number | null>;
  changed(state: HostState): void;
  wait(ms: number): Promise<void>;
  log(what: string, error?: unknown): void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** How long a Toaster that was there may say nothing before it is taken for a stranger. */
const SILENT_MS = 10_000;
/** A proxy that ran this long was well: the next trouble is a new one. */
const WELL_MS = 600_000;

/** Sees to it that there is a proxy: one that runs already, or one in this process. */
export class ProxyHost {
  readonly #parts: HostParts;
  #state: HostState;
  #port: number;
  #serving: OwnProxy | null = null;
  #settling: Promise<boolean> | null = null;
  #closed = false;
  #pauseMs = FIRST_PAUSE_MS;
  #servingSince = 0;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#port = parts.port;
    this.#state = { mode: 'starting', url: urlOf(parts.port), note: null };
  }

  get state(): HostState {
    return this.#state;
  }

  /** Looks at the port, and attaches or serves. False when the person wants to quit rather than use another port. */
  start(): Promise<boolean> {
    return this.#settle(null);
  }

  /** Nobody answers any more. When that was another Toaster and it is gone, this app's takes its place. */
  async lost(): Promise<boolean> {
    if (this.#state.mode !== 'attached') return true;
    return this.#once(async () => {
      let { kind } = await this.#parts.look(this.#port);
      if (kind === 'stranger') {
        // One that is busy or was stopped says nothing for a while, and is a Toaster all the same.
        await this.#parts.wait(SILENT_MS);
        ({ kind } = await this.#parts.look(this.#port));
      }
      return kind === 'toaster' || this.#find('The other Toaster is gone; this one took over.');
    });
  }

  /** Something broke that nobody caught: the proxy in this process begins anew. */
  async restart(): Promise<boolean> {
    const serving = this.#serving;
    if (!serving || this.#closed) return true;
    if (performance.now() - this.#servingSince > WELL_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#serving = null;
    this.#enter('starting', 'The proxy broke and is started again.');
    await serving.close(0).catch((error: unknown) => this.#parts.log('the proxy did not close', error));
    await this.#pause();
    return this.#settle('The proxy was started again after an error; see app.log.');
  }

  woke(): void {
    this.#serving?.woke();
  }

  /** Answers under way get so long; then they and the engine end. A proxy of somebody else's stays. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    // One that is just starting has to be ended, too.
    await this.#settling?.catch(() => undefined);
    await this.#serving?.close(graceMs);
    this.#serving = null;
  }

  #settle(note: string | null): Promise<boolean> {
    return this.#once(() => this.#find(note));
  }

  /** Whoever comes while it is being settled who serves, gets the same answer. */
  #once(settle: () => Promise<boolean>): Promise<boolean> {
    this.#settling ??= settle().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #find(note: string | null): Promise<boolean> {
    while (!this.#closed) {
      const { kind } = await this.#parts.look(this.#port);
      if (kind === 'toaster') {
        this.#enter('attached', null);
        return true;
      }
      if (kind === 'stranger') {
        // Before anybody is asked: nothing of what the stranger serves may be shown.
        this.#enter('starting', `Another program has port ${this.#port}.`);
        const other = await this.#parts.askAboutStranger(this.#port);
        if (other === null) return false;
        this.#port = other;
      } else if (await this.#serve(note)) return true;
      else await this.#pause();
    }
    return true;
  }

  async #serve(note: string | null): Promise<boolean> {
    try {
      this.#serving = await this.#parts.serve(this.#port);
    } catch (error) {
      // Between the look and the try somebody else took the port: the next look says who.
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
      this.#parts.log('the proxy did not start', error);
      this.#enter('starting', `The proxy cannot start: ${error instanceof Error ? error.message : error}`);
      return false;
    }
    this.#servingSince = performance.now();
    this.#enter('embedded', note);
    return true;
  }

  #enter(mode: HostState['mode'], note: string | null): void {
    this.#state = { mode, url: urlOf(this.#port), note };
    this.#parts.changed(this.#state);
  }

  /** Each wait is twice as long: what fails again and again must not keep the machine busy. */
  async #pause(): Promise<void> {
    await this.#parts.wait(this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
