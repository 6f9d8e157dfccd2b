import type { CompleteLink, CompleteRoomed } from '../chat/types.ts';
import { LinkFailure } from '../errors.ts';
import type { Link } from '../runtimes/types.ts';
import type { Ledger } from './ledger.ts';
import type { MemoryProbe } from './probe.ts';
import type { Room } from './room.ts';

/** Sustained swapping that ends a load which exceeds what is free. */
export interface ThrashLimit {
  /** Pages per second. */
  swapouts: number;
  seconds: number;
}

export interface RoomTools {
  room: Room;
  ledger: Ledger;
  probe: MemoryProbe;
  thrash(): ThrashLimit;
}

/** Makes room before a link answers, and keeps the books on who uses its weights. `later`: the rest of its chain. */
export function withRoom(
  complete: CompleteLink,
  link: Link,
  later: readonly Link[],
  tools: RoomTools,
): CompleteRoomed {
  const { room, ledger, probe } = tools;
  const { id } = link.weights;
  return async function* (request, signal) {
    const stopLooking = probe.watch();
    let entered = false;
    let tight = false;
    const began = performance.now();
    let loadS: number | null = null;
    try {
      if (!room.isWarm(link.weights)) {
        for await (const event of room.make(link, { force: request.force, evict: true }, later, signal)) {
          tight ||= event.type === 'tight';
          if (event.type === 'load' && event.state === 'loaded') loadS = (performance.now() - began) / 1000;
          yield event;
        }
      }
      ledger.enter(id);
      entered = true;
      const watched = tight ? withThrashWatch(complete, link, tools) : complete;
      for await (const event of watched(request, signal)) {
        if (event.type === 'finish') room.answered(link);
        yield event.type === 'finish' && loadS !== null ? { ...event, loadS } : event;
      }
    } catch (error) {
      // What a runtime in trouble has in memory is anybody's guess.
      if (error instanceof LinkFailure) room.cooled(id);
      throw error;
    } finally {
      if (entered) ledger.leave(id);
      stopLooking();
    }
  };
}

/** Gives an attempt up when the machine swaps for too long before the first token; after it nothing is taken away. */
function withThrashWatch(complete: CompleteLink, link: Link, { probe, thrash }: RoomTools): CompleteLink {
  return async function* (request, signal) {
    const stop = new AbortController();
    const { swapouts, seconds } = thrash();
    let since: number | null = null;
    let seen = false;
    const unlisten = probe.listen(({ ts, rates }) => {
      since = (rates.swapouts ?? 0) < swapouts ? null : (since ?? ts);
      if (!seen && since !== null && ts - since >= seconds) stop.abort();
    });
    try {
      for await (const event of complete(request, AbortSignal.any([signal, stop.signal]))) {
        seen ||= event.type === 'delta';
        yield event;
      }
    } catch (error) {
      if (!stop.signal.aborted || signal.aborted) throw error;
      throw new LinkFailure(
        'thrash',
        `${link.model} made the machine swap for ${seconds} s before its first token`,
      );
    } finally {
      unlisten();
    }
  };
}
