import { useEffect } from 'react';
import { LazyCharts } from './charts/lazy-charts.tsx';
import { Now } from './now.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Footer } from './parts/footer.tsx';
import { LinkLine } from './parts/link-line.tsx';
import { Panel, Tabs } from './parts/tabs.tsx';
import { Requests } from './requests/requests.tsx';
import { Settings } from './settings/settings.tsx';
import { usePage } from './state/page.ts';
import { useStore } from './state/store.ts';
import { useMedia } from './state/use-media.ts';
import { useTab } from './state/use-tab.ts';

const NAMES = { now: 'Now', requests: 'Requests', charts: 'Charts', settings: 'Settings' } as const;

/** The window: tabs in the popover; in a wide browser what is now stands beside them. */
export function App() {
  const page = usePage();
  const { link, unseen, status } = useStore(page.live);
  const wide = useMedia('(min-width: 860px)');
  const [asked, choose] = useTab();
  const tab = wide && asked === 'now' ? 'requests' : asked;
  useEffect(() => {
    page.look(tab === 'requests');
  }, [page, tab]);
  useEscape(() => page.shell?.hide());
  const names = Object.entries(NAMES).filter(([id]) => !wide || id !== 'now');
  const tabs = names.map(([id, name]) => ({ id, name, badge: id === 'requests' ? unseen : 0 }));
  return (
    <main className={`app ${wide ? 'wide' : ''} ${link.state === 'away' ? 'away' : ''}`}>
      <h1 className="hidden">Toaster</h1>
      {wide && (
        <section className="aside" aria-label="Now">
          <Boundary>
            <Now />
          </Boundary>
        </section>
      )}
      <div className="front">
        <header className="top">
          <Tabs tabs={tabs} selected={tab} onSelect={choose} />
        </header>
        <LinkLine link={link} known={status !== null} inApp={page.shell !== undefined} />
        <Panel id={tab}>
          <Boundary key={tab}>
            {tab === 'now' && <Now />}
            {tab === 'requests' && <Requests />}
            {tab === 'settings' && <Settings />}
            {tab === 'charts' && <LazyCharts />}
          </Boundary>
        </Panel>
        <Footer onOpen={() => choose('requests')} />
      </div>
    </main>
  );
}

/** Escape closes what is open, and only then the window. */
function useEscape(hide: () => Promise<void> | undefined): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const { activeElement } = document;
      if (activeElement instanceof HTMLInputElement && activeElement.type === 'search' && activeElement.value)
        return;
      void hide();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [hide]);
}
