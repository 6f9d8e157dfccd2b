import { useEffect, useState } from 'react';
import type { AppState, Shell } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';

/** The app as it says it is, and what its last change came to. */
export interface KnownApp {
  state: AppState | null;
  error: string | null;
  pending: boolean;
  /** Changes something; the state is what the app says afterwards. */
  change(action: (shell: Shell) => Promise<AppState>): void;
}

/** The state of the app around the page, asked for once and kept by what each change answers. */
export function useAppState(shell: Shell | undefined): KnownApp {
  const [state, setState] = useState<AppState | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const change: KnownApp['change'] = (action) => {
    if (!shell) return;
    setPending(true);
    setError(null);
    action(shell)
      .then(setState, (reason: unknown) => setError(wordsOf(reason)))
      .finally(() => setPending(false));
  };
  useEffect(() => {
    shell?.state().then(setState, (reason: unknown) => setError(wordsOf(reason)));
  }, [shell]);
  return { state, error, pending, change };
}
