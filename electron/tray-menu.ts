import type { Menu as ElectronMenu, MenuItemConstructorOptions, Tray } from 'electron';

/** Linux knows only a menu that belongs to the icon, and has neither of the other two. */
type MenuTray = Pick<Tray, 'setContextMenu'> & Partial<Pick<Tray, 'popUpContextMenu'>>;

/** The menu of a right click. It is made when it is opened; where it cannot be opened, whenever it has changed. */
export class TrayMenu {
  readonly #tray: MenuTray;
  readonly #Menu: Pick<typeof ElectronMenu, 'buildFromTemplate'>;
  readonly #template: () => MenuItemConstructorOptions[];
  #shown = '';

  constructor(
    tray: MenuTray,
    Menu: Pick<typeof ElectronMenu, 'buildFromTemplate'>,
    template: () => MenuItemConstructorOptions[],
  ) {
    this.#tray = tray;
    this.#Menu = Menu;
    this.#template = template;
  }

  open(): void {
    // Not `setContextMenu`: that would take the left click, too.
    this.#tray.popUpContextMenu?.(this.#Menu.buildFromTemplate(this.#template()));
  }

  /** What the menu says may have changed. */
  changed(): void {
    if (this.#tray.popUpContextMenu) return;
    const template = this.#template();
    const shown = JSON.stringify(template);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray.setContextMenu(this.#Menu.buildFromTemplate(template));
  }
}
