import type { LogLine, RequestsPage, Shell, Status } from '../../proxy/contract.ts';
import { Access } from '../api/access.ts';
import { request } from '../api/client.ts';
import { Stream } from '../api/stream.ts';
import type { KnownSettings } from '../settings/use-settings.ts';
import { afterEvent, type LiveEvent, NOTHING_YET } from './live.ts';
import type { Page } from './page.ts';
import { Store } from './store.ts';

type Ears = Parameters<Page['listen']>[0];

/** Composes what the page shares, and starts to listen. */
export function makePage(shell: Shell | undefined): Page {
  const live = new Store(NOTHING_YET);
  const access = new Access(shell);
  const all = new Set<Ears>();
  let looking = false;
  const take = (event: LiveEvent): void => live.change((state) => afterEvent(state, event));
  const askLatest = (): void => void latest().then((line) => take({ type: 'latest', line }), ignoreAway);
  const stream = new Stream({
    status: (status) => take({ type: 'status', status, at: Date.now() }),
    request: (line) => {
      take({ type: 'request', line, looking });
      for (const ears of all) ears.request?.(line);
    },
    reset: () => {
      askLatest();
      for (const ears of all) ears.reset?.();
    },
    opened: () => take({ type: 'opened' }),
    lost: () => take({ type: 'lost', at: Date.now() }),
  });
  stream.follow();
  const seen = new Promise<void>((resolve) => {
    const unsubscribe = live.subscribe(() => {
      if (live.get().status === null) return;
      unsubscribe();
      resolve();
    });
  });
  // The status comes first; the rest is asked for when it is there.
  void seen.then(askLatest);
  // index.html has begun to fetch it; the stream's own comes later.
  request<Status>('/api/status').then((status) => {
    if (live.get().status === null) take({ type: 'status', status, at: Date.now() });
  }, ignoreAway);
  void access.open();
  return {
    live,
    seen,
    settings: new Store<KnownSettings>({ settings: null, error: null }),
    access,
    shell,
    listen(ears) {
      all.add(ears);
      return () => all.delete(ears);
    },
    look(now) {
      looking = now;
      if (now) take({ type: 'looked' });
    },
  };
}

async function latest(): Promise<LogLine | null> {
  const { requests } = await request<RequestsPage>('/api/requests?limit=1');
  return requests[0] ?? null;
}

/** That the proxy is away is the stream's to tell; what was asked for stays as it was. */
function ignoreAway(error: unknown): void {
  console.warn('The proxy was asked in vain:', error);
}
