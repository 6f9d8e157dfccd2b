import { createContext, useContext } from 'react';
import type { LogLine, Shell } from '../../proxy/contract.ts';
import type { Access } from '../api/access.ts';
import type { KnownSettings } from '../settings/use-settings.ts';
import type { Live } from './live.ts';
import type { Store } from './store.ts';

/** Everything that the parts of the page share. */
export interface Page {
  live: Store<Live>;
  /** Resolves with the first status. */
  seen: Promise<void>;
  settings: Store<KnownSettings>;
  access: Access;
  /** The app around the page; none in a browser. */
  shell: Shell | undefined;
  /** Hears of requests, or that some were missed. Gives back what ends it. */
  listen(ears: { request?: (line: LogLine) => void; reset?: () => void }): () => void;
  /** Somebody looks at the requests, or does not any more. */
  look(looking: boolean): void;
}

/** Filled by `main.tsx`. */
export const PageContext = createContext<Page | null>(null);

/** The page's shared parts. Throws outside of it, which is a mistake in the code. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('There is no page around this component.');
  return page;
}
