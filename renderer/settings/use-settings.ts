import { useEffect } from 'react';
import type { Settings } from '../../proxy/contract.ts';
import { request, wordsOf } from '../api/client.ts';
import { usePage } from '../state/page.ts';
import { type Store, useStore } from '../state/store.ts';

/** The config's settings as far as they are known. */
export interface KnownSettings {
  settings: Settings | null;
  error: string | null;
}

/** The config's settings, and how to change them. `change` throws what the proxy said. */
export function useSettings(): KnownSettings & { change(part: Partial<Settings>): Promise<void> } {
  // Shared: the footer, the charts and the settings speak of the same prices.
  const { access, listen, settings: known } = usePage();
  useEffect(() => {
    const load = (): void => loadInto(known);
    if (known.get().settings === null) load();
    return listen({ reset: load });
  }, [listen, known]);
  return {
    ...useStore(known),
    async change(part) {
      const settings = await access.send<Settings>('PUT', '/api/settings', part);
      known.change(() => ({ settings, error: null }));
    },
  };
}

function loadInto(known: Store<KnownSettings>): void {
  request<Settings>('/api/settings').then(
    (settings) => known.change(() => ({ settings, error: null })),
    (error: unknown) => known.change((before) => ({ ...before, error: wordsOf(error) })),
  );
}
