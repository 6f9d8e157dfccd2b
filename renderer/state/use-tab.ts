import { useSyncExternalStore } from 'react';

const TABS = ['now', 'requests', 'charts', 'settings'] as const;
/** A part of the page. */
export type Tab = (typeof TABS)[number];

/** The tab that is shown. It stands in the address, so that it outlives a reload and can be linked to. */
export function useTab(): [Tab, (tab: string) => void] {
  const hash = useSyncExternalStore(subscribe, () => location.hash.slice(1));
  return [TABS.find((tab) => tab === hash) ?? 'now', choose];
}

function choose(tab: string): void {
  // Not an entry in the history: Back leaves the page, it does not walk through tabs.
  history.replaceState(null, '', `#${tab}`);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
