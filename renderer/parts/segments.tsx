import { useId } from 'react';

/** One of a few: radio buttons that look like one control. The arrows are the browser's own. */
export function Segments<T extends string>(props: {
  label: string;
  options: Record<T, string>;
  value: T;
  onChange: (value: T) => void;
  disabled?: boolean;
}) {
  const { label, options, value, onChange, disabled = false } = props;
  const name = useId();
  const names = Object.keys(options) as T[];
  return (
    <fieldset className="segments" disabled={disabled}>
      <legend className="hidden">{label}</legend>
      {names.map((option) => (
        <label key={option} className={option === value ? 'chosen' : ''}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          {options[option]}
        </label>
      ))}
    </fieldset>
  );
}
