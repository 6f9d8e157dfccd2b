/** On or off. What cannot be switched says why, and stays reachable so that it can. */
export function Switch(props: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  /** Why it cannot be switched; null when it can. */
  blocked?: string | null;
  pending?: boolean;
}) {
  const { label, on, onChange, blocked = null, pending = false } = props;
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={on}
      aria-label={label}
      aria-disabled={blocked !== null || undefined}
      aria-busy={pending || undefined}
      title={blocked ?? label}
      onClick={() => blocked === null && onChange(!on)}
    >
      <span className="knob" />
    </button>
  );
}
