import type { Menu as ElectronMenu, MenuItemConstructorOptions, Tray } from 'electron';

type MenuTray = Pick<Tray, 'setContextMenu' | 'popUpContextMenu'>;

/**
 * The menu of a right click. It is made when it is opened. On Linux it belongs to the icon and cannot be opened (what
 * should do that is there and does nothing), so it is made whenever it has changed.
 */
export class TrayMenu {
  readonly #tray: MenuTray;
  readonly #Menu: Pick<typeof ElectronMenu, 'buildFromTemplate'>;
  readonly #template: () => MenuItemConstructorOptions[];
  readonly #opens: boolean;
  #shown = '';

  constructor(
    tray: MenuTray,
    Menu: Pick<typeof ElectronMenu, 'buildFromTemplate'>,
    template: () => MenuItemConstructorOptions[],
    platform: NodeJS.Platform = process.platform,
  ) {
    this.#opens = platform !== 'linux';
    this.#tray = tray;
    this.#Menu = Menu;
    this.#template = template;
  }

  open(): void {
    // Not `setContextMenu`: that would take the left click, too.
    if (this.#opens) this.#tray.popUpContextMenu(this.#Menu.buildFromTemplate(this.#template()));
  }

  /** What the menu says may have changed. */
  changed(): void {
    if (this.#opens) return;
    const template = this.#template();
    const shown = JSON.stringify(template);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray.setContextMenu(this.#Menu.buildFromTemplate(template));
  }
}
