import { clock } from '../format/time.ts';
import { OutcomeMark } from '../requests/outcome-mark.tsx';
import { usePage } from '../state/page.ts';
import { useStore } from '../state/store.ts';
import { useNow } from '../state/use-now.ts';
import { SavedLine } from './saved-line.tsx';

/** The last line: the newest request, and what the week saved. */
export function Footer({ onOpen }: { onOpen: () => void }) {
  const { latest } = useStore(usePage().live);
  const now = useNow(60_000) / 1000;
  return (
    <footer className="bottom">
      {latest ? (
        <button type="button" className="latest" onClick={onOpen} title="Show the requests">
          <span className="dim">{clock(latest.ts, now)}</span>
          <OutcomeMark line={latest} />
        </button>
      ) : (
        <span className="dim">No request yet</span>
      )}
      <SavedLine />
    </footer>
  );
}
