import type { AppState, Health } from '../../proxy/contract.ts';
import { useFetched } from '../state/use-fetched.ts';

const HOW = { embedded: 'proxy embedded in the app', attached: 'attached to a proxy that was there before' };
const HOUR = 3_600_000;

/** Which version this is, and whose proxy. */
export function About({ app }: { app: AppState | null }) {
  const { value: health } = useFetched<Health>('/health', HOUR);
  const version = app?.version ?? health?.version;
  return (
    <p className="about">
      Toaster {version ?? ''}
      {app && `, ${HOW[app.proxy]}`}
      {health && `, process ${health.pid}`}
    </p>
  );
}
