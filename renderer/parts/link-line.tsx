import { clock } from '../format/time.ts';
import type { Link } from '../state/live.ts';
import { Icon } from './icons.tsx';

/** Says that the proxy is away, since when, and what to do. Always there, so that it is read out when it fills. */
export function LinkLine({ link, known, inApp }: { link: Link; known: boolean; inApp: boolean }) {
  return (
    <div className="link-line" role="status">
      {link.state === 'away' && (
        <p className="notice notice-away">
          <Icon name="away" />
          <span>
            <strong>The proxy is away</strong> since {clock(link.since / 1000, Date.now() / 1000)}.
            {known && ' What you see is from before.'}{' '}
            {inApp ? (
              'It comes back by itself; if it does not, quit Toaster and open it again.'
            ) : (
              <>
                Open Toaster or run <code>npm start</code>; this page comes back by itself.
              </>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
