import type { CompleteLink, CompleteRoomed } from '../chat/types.ts';
import { LinkFailure } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';
import type { Ledger } from './ledger.ts';
import type { MemoryProbe } from './probe.ts';
import type { Room } from './room.ts';
import { type ThrashLimit, ThrashWatch } from './thrash-watch.ts';
import type { Turns } from './turns.ts';

export interface RoomTools {
  room: Room;
  ledger: Ledger;
  probe: MemoryProbe;
  turns: Turns;
  thrash(): ThrashLimit;
}

/**
 * Lets a link answer when it is its turn and there is room, and keeps the books on who uses its weights. `later`: the rest of
 * its chain.
 */
export function withRoom(
  complete: CompleteLink,
  link: Link,
  later: readonly Link[],
  { room, ledger, probe, turns, thrash }: RoomTools,
): CompleteRoomed {
  const { id, parallel } = link.weights;
  const line = turns.of(id);
  return async function* (request, signal) {
    if (!line.enter(parallel)) yield* line.wait(link, request.from, signal);
    const entered = performance.now();
    const stopLooking = probe.watch();
    const use = new Use(ledger, id);
    let watch: ThrashWatch | null = null;
    let loadS: number | null = null;
    try {
      if (request.room !== 'off' && !room.isWarm(link.weights)) {
        watch = new ThrashWatch(probe, thrash());
        const how = { force: request.room === 'force', background: false, giveUp: watch.signal };
        for await (const event of room.make(link, how, later, signal)) {
          if (event.type === 'tight') watch.start();
          if (event.type === 'load' && event.state === 'loaded') {
            // Before anybody else gets a turn to plan.
            use.begin();
            loadS = (performance.now() - entered) / 1000;
          }
          yield event;
        }
      }
      use.begin();
      for await (const event of complete(request, watch?.over(signal) ?? signal)) {
        if (event.type === 'delta') watch?.stop();
        if (event.type === 'finish') room.answered(link);
        yield event.type === 'finish' && loadS !== null ? { ...event, loadS } : event;
      }
    } catch (error) {
      const thrashed = !signal.aborted && watch?.signal.aborted === true;
      // What a runtime in trouble has in memory is anybody's guess.
      if (thrashed || error instanceof LinkFailure) room.cooled(id);
      if (error instanceof LinkFailure && error.reason === 'connection') room.lost(link.runtime);
      if (!thrashed) throw error;
      throw new LinkFailure(
        'thrash',
        `${link.model} made the machine swap for too long before its first token`,
      );
    } finally {
      watch?.stop();
      use.end();
      stopLooking();
      line.leave(performance.now() - entered);
    }
  };
}

/** One request's entry in the books. */
class Use {
  readonly #ledger: Ledger;
  readonly #id: string;
  #entered = false;

  constructor(ledger: Ledger, id: string) {
    this.#ledger = ledger;
    this.#id = id;
  }

  begin(): void {
    if (!this.#entered) this.#ledger.enter(this.#id);
    this.#entered = true;
  }

  end(): void {
    if (this.#entered) this.#ledger.leave(this.#id);
  }
}
