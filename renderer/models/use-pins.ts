import { useState } from 'react';
import type { ModelStatus } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';
import { usePage } from '../state/page.ts';

/** A switch that was turned and whose answer is not there yet, or was no. */
export interface Wish {
  pinned: boolean;
  pending: boolean;
  error: string | null;
}

/** Pins by model: shown at once, taken back with the error when the proxy says no. */
export function usePins(): {
  wish(model: string): Wish | undefined;
  pin(model: ModelStatus, pinned: boolean): Promise<void>;
} {
  const { access, live } = usePage();
  const [wishes, setWishes] = useState<ReadonlyMap<string, Wish>>(new Map());
  const set = (model: string, wish: Wish | null): void =>
    setWishes((all) => {
      const next = new Map(all);
      if (wish) next.set(model, wish);
      else next.delete(model);
      return next;
    });
  return {
    wish: (model) => wishes.get(model),
    async pin({ model }, pinned) {
      set(model, { pinned, pending: true, error: null });
      try {
        await access.send('PUT', `/api/models/${encodeURIComponent(model)}/pin`, { pinned });
        // The status that says so may still be on its way; until then it is what was asked for.
        live.change((state) => ({ ...state, status: withPin(state.status, model, pinned) }));
        set(model, null);
      } catch (error) {
        set(model, { pinned: !pinned, pending: false, error: wordsOf(error) });
      }
    },
  };
}

function withPin<S extends { models: ModelStatus[] }>(
  status: S | null,
  model: string,
  pinned: boolean,
): S | null {
  if (!status) return null;
  return { ...status, models: status.models.map((one) => (one.model === model ? { ...one, pinned } : one)) };
}
