import { type FormEvent, useId, useState } from 'react';
import type { Prices, Settings } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';
import { readPrices, type TypedPrices } from './read-prices.ts';

const FIELDS: { name: keyof TypedPrices; label: string; size: number }[] = [
  { name: 'input', label: 'Input', size: 5 },
  { name: 'output', label: 'Output', size: 5 },
  { name: 'currency', label: 'Currency', size: 4 },
];

/** What the tier above costs. */
export function PricesForm(props: {
  prices: Prices | null;
  blocked: string | null;
  onSave: (part: Partial<Settings>) => Promise<void>;
}) {
  const { prices, blocked, onSave } = props;
  const [typed, setTyped] = useState<TypedPrices | null>(null);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  const shown = typed ?? {
    input: prices ? String(prices.input) : '',
    output: prices ? String(prices.output) : '',
    currency: prices?.currency ?? 'USD',
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const read = readPrices(shown);
    if (typeof read === 'string') return setError(read);
    try {
      await onSave({ prices: read });
      setTyped(null);
      setError(null);
    } catch (reason) {
      setError(wordsOf(reason));
    }
  };
  return (
    <form className="prices" onSubmit={(event) => void save(event)}>
      <div className="prices-fields">
        {FIELDS.map(({ name, label, size }) => (
          <label key={name} htmlFor={`${id}${name}`}>
            <span className="row-note">{label}</span>
            <input
              id={`${id}${name}`}
              inputMode={name === 'currency' ? 'text' : 'decimal'}
              size={size}
              placeholder={name === 'currency' ? '' : 'not set'}
              readOnly={blocked !== null}
              title={blocked ?? undefined}
              value={shown[name]}
              onChange={(event) => setTyped({ ...shown, [name]: event.target.value })}
            />
          </label>
        ))}
        {typed !== null && (
          <button type="submit" className="button">
            Save
          </button>
        )}
      </div>
      {error && (
        <p className="row-error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
