import { forkChild, type StartChild } from '../../proxy/runtimes/llamacpp/child-process.ts';
import type { FromChild, ToChild } from '../../proxy/runtimes/llamacpp/protocol.ts';

/** The embedded engine in its real process, with what it was asked and what it did, in order. */
export class WatchedEngine {
  readonly #happened: string[] = [];
  readonly #begun = new Set<number>();
  #held: (() => void)[] = [];
  /** Questions wait until there are so many of them, and then go all at once. */
  together = 1;

  readonly start: StartChild = (events) => {
    const child = forkChild({
      ...events,
      message: (message) => {
        this.#hear(message);
        events.message(message);
      },
    });
    return { ...child, send: (message) => this.#send(message, () => child.send(message)) };
  };

  /** What happened since the last look: `asked`, `begins`, `ends`. */
  look(): string {
    return this.#happened.splice(0).join(' ');
  }

  #send({ type }: ToChild, send: () => void): void {
    if (type !== 'generate') {
      send();
      return;
    }
    this.#happened.push('asked');
    this.#held.push(send);
    if (this.#held.length >= this.together) for (const held of this.#held.splice(0)) held();
  }

  #hear(message: FromChild): void {
    if (message.type !== 'event') return;
    const { id, event } = message;
    if (event.type === 'finish') this.#happened.push('ends');
    else if (event.type === 'delta' && !this.#begun.has(id)) {
      this.#begun.add(id);
      this.#happened.push('begins');
    }
  }
}
