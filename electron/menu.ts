import type { MenuItemConstructorOptions } from 'electron';
import type { ModelStatus, Status } from '../proxy/contract.ts';
import { gigabytes } from './glance.ts';
import type { HostState } from './proxy-host.ts';

/** What the menu's items do. */
export interface MenuActions {
  pin(model: string, pinned: boolean): void;
  coolAll(): void;
  copyUrl(): void;
  openInBrowser(): void;
  installAsk(): void;
  openSettings(): void;
  showAppLog(): void;
  quit(): void;
}

/** With more models than this, they get a menu of their own. */
const MOST_IN_LINE = 12;

/** The menu of a right click. */
export function menuOf(
  status: Status | null,
  host: HostState,
  askLink: string | null,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const models = status ? modelItems(status, actions) : [];
  return [
    ...[headline(status, host)].map((label) => ({ label, enabled: false })),
    line,
    ...models,
    ...(models.length > 0 ? [line] : []),
    { label: 'Cool everything', enabled: (status?.residents.length ?? 0) > 0, click: actions.coolAll },
    { label: 'Copy proxy URL', click: actions.copyUrl },
    { label: 'Open in browser', enabled: status !== null, click: actions.openInBrowser },
    line,
    { label: askLink === null ? 'Install `ask`…' : 'Remove `ask`…', click: actions.installAsk },
    { label: 'Settings…', click: actions.openSettings },
    ...(host.note === null ? [] : [{ label: 'Show app.log', click: actions.showAppLog }]),
    line,
    { label: 'Quit Toaster', click: actions.quit },
  ];
}

function headline(status: Status | null, { note, mode, url }: HostState): string {
  if (!status) return note ?? (mode === 'starting' ? 'Toaster is starting' : `No Toaster at ${url}`);
  const { level, why } = status.pressure;
  const free = status.free_for_models;
  const room = free === null ? '' : `, ${gigabytes(free)} GB free for models`;
  return cut(`Memory: ${level}${why === null ? room : `, ${why}`}`);
}

function modelItems(status: Status, { pin }: MenuActions): MenuItemConstructorOptions[] {
  // What another machine holds, this one does not keep warm.
  const here = status.models.filter(({ state }) => state !== 'remote');
  const items = here.map(
    (model): MenuItemConstructorOptions => ({
      label: escaped(`${model.model}    ${facts(model)}`),
      type: 'checkbox',
      checked: model.pinned,
      toolTip: model.pinned ? 'Stays warm; click to let it go' : 'Click to keep it warm',
      click: () => pin(model.model, !model.pinned),
    }),
  );
  const head = { label: 'Stay warm', enabled: false };
  if (items.length === 0) return [];
  return items.length <= MOST_IN_LINE ? [head, ...items] : [{ label: 'Stay warm', submenu: items }];
}

function facts({ size, measured, state, in_flight }: ModelStatus): string {
  const now = in_flight > 0 ? ', answering' : state === 'cold' ? '' : `, ${state}`;
  return `${measured ? '' : '~'}${gigabytes(size)} GB${now}`;
}

/** In a label, `&` marks the key to press. */
const escaped = (label: string): string => label.replaceAll('&', '&&');

const cut = (text: string): string => escaped(text.length > 90 ? `${text.slice(0, 89)}…` : text);
