import { useState } from 'react';
import { wordsOf } from '../api/client.ts';
import { usePage } from '../state/page.ts';

/** Takes everything out of memory that is not answering, and says what came of it. */
export function CoolAll(props: { warm: number; blocked: string | null; onSaid: (words: string) => void }) {
  const { warm, blocked, onSaid } = props;
  const { access } = usePage();
  const [pending, setPending] = useState(false);
  const cool = async (): Promise<void> => {
    setPending(true);
    onSaid('');
    try {
      const { cooled, busy } = await access.send<{ cooled: string[]; busy: string[] }>('POST', '/api/cool');
      const gone = cooled.length === 0 ? 'Nothing left memory' : `Out of memory: ${cooled.join(', ')}`;
      onSaid(`${gone}${busy.length === 0 ? '' : `; still at work: ${busy.join(', ')}`}.`);
    } catch (error) {
      onSaid(wordsOf(error));
    }
    setPending(false);
  };
  const idle = warm === 0;
  return (
    <button
      type="button"
      className="button"
      aria-disabled={blocked !== null || idle || undefined}
      aria-busy={pending || undefined}
      title={
        blocked ?? (idle ? 'Nothing is in memory' : 'Unpin and unload every model that is not answering')
      }
      onClick={() => blocked === null && !idle && !pending && void cool()}
    >
      Cool everything
    </button>
  );
}
