import type { PowerSaveBlocker } from 'electron';

/** Holds App Nap off while requests run, and only then: it would slow the app's timers and sockets. */
export class PowerHold {
  readonly #blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  #id: number | null = null;

  constructor(blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>) {
    this.#blocker = blocker;
  }

  busy(busy: boolean): void {
    if (busy) this.#id ??= this.#blocker.start('prevent-app-suspension');
    else if (this.#id !== null) {
      this.#blocker.stop(this.#id);
      this.#id = null;
    }
  }
}
