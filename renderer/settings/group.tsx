import { type ReactNode, useId } from 'react';

/** Rows that belong together, under a title. */
export function Group({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="card group">{children}</div>
      {note && <p className="group-note">{note}</p>}
    </section>
  );
}

/** One setting: its name, what it means, and the control. */
export function Row({ name, note, children }: { name: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <div className="row">
      <div className="row-words">
        <span>{name}</span>
        {note && <span className="row-note">{note}</span>}
      </div>
      {children}
    </div>
  );
}
