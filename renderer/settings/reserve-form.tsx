import { type FormEvent, useId, useState } from 'react';
import type { Settings } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';

/** What stays free for everything that is no model. */
export function ReserveForm(props: {
  value: number;
  blocked: string | null;
  onSave: (part: Partial<Settings>) => Promise<void>;
}) {
  const { value, blocked, onSave } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const reserve = Number((typed ?? '').replace(',', '.'));
    if (typed === null || typed.trim() === '' || !Number.isFinite(reserve) || reserve < 0)
      return setError('A number of gigabytes, 0 or more.');
    try {
      await onSave({ reserve_gb: reserve });
      setTyped(null);
      setError(null);
    } catch (reason) {
      setError(wordsOf(reason));
    }
  };
  return (
    <form className="row" onSubmit={(event) => void save(event)}>
      <label className="row-words" htmlFor={id}>
        <span>Memory that no model may have</span>
        <span className="row-note">It stays free for everything else</span>
        {error && (
          <span className="row-error" role="alert">
            {error}
          </span>
        )}
      </label>
      <span className="field">
        <input
          id={id}
          inputMode="decimal"
          size={4}
          readOnly={blocked !== null}
          title={blocked ?? undefined}
          value={typed ?? String(value)}
          onChange={(event) => setTyped(event.target.value)}
        />
        GB
      </span>
      {typed !== null && (
        <button type="submit" className="button">
          Save
        </button>
      )}
    </form>
  );
}
