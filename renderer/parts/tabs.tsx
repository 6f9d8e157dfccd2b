import type { KeyboardEvent, ReactNode } from 'react';

/** One tab; the badge counts what is new behind it. */
export interface TabItem {
  id: string;
  name: string;
  badge: number;
}

/** Tabs with one stop for Tab and the arrows between them. */
export function Tabs(props: { tabs: TabItem[]; selected: string; onSelect: (id: string) => void }) {
  const { tabs, selected, onSelect } = props;
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    event.preventDefault();
    onSelect(tab.id);
    document.getElementById(`tab-${tab.id}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Parts" onKeyDown={move}>
      {tabs.map(({ id, name, badge }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === selected}
          aria-controls={id === selected ? 'panel' : undefined}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {name}
          {badge > 0 && (
            <span className="tab-badge">
              {badge > 99 ? '99+' : badge}
              <span className="hidden"> demoted since you looked</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

/** What the selected tab shows. */
export function Panel({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div className="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${id}`}>
      {children}
    </div>
  );
}
