import { clock } from '../format/time.ts';
import type { Link } from '../state/live.ts';
import { Icon } from './icons.tsx';

/** Says that the proxy is away, since when, and what to do. Always there, so that it is read out when it fills. */
export function LinkLine({ link }: { link: Link }) {
  return (
    <div className="link-line" role="status">
      {link.state === 'away' && (
        <p className="notice notice-away">
          <Icon name="away" />
          <span>
            <strong>The proxy is away</strong> since {clock(link.since / 1000, Date.now() / 1000)}. What you
            see is from before. Open Toaster or run <code>npm run serve</code>; this page comes back by
            itself.
          </span>
        </p>
      )}
    </div>
  );
}
