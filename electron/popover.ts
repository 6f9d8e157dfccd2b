import type { BrowserWindowConstructorOptions, BrowserWindow as Window } from 'electron';
import type { Box } from './popover-position.ts';
import { HIDDEN, type ToggleEvent, type ToggleState, toggle } from './toggle.ts';

export const SIZE = { width: 400, height: 620 };

/** A hidden page keeps over a hundred megabytes: after this time it goes, and is loaded anew with the next click. */
const UNUSED_MS = 300_000;
/** A page that breaks at once would break for ever. */
const RESTART_PAUSE_MS = 10_000;

/** What is used of a window. */
export type PopoverWindow = Pick<
  Window,
  'on' | 'loadURL' | 'show' | 'hide' | 'focus' | 'destroy' | 'isDestroyed' | 'isVisible' | 'setBounds'
>;

export interface PopoverParts {
  open(): PopoverWindow;
  /** Where it goes, with the icon's bounds as a click told them. */
  place(icon: Box | null): Box;
  /** The page's address. */
  url(): string;
  now(): number;
  log(what: string, error?: unknown): void;
}

/** The window below the icon. */
export class Popover {
  readonly #parts: PopoverParts;
  #window: PopoverWindow | null = null;
  #state: ToggleState = HIDDEN;
  #unused: NodeJS.Timeout | undefined;
  /** What the window shows, without its `#`. */
  #loaded: string | null = null;
  #icon: Box | null = null;
  #restartedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PopoverParts) {
    this.#parts = parts;
  }

  /** A click on the icon. */
  click(icon: Box): void {
    this.#icon = icon;
    this.#go('click');
  }

  /** Opens it, or brings it to the front; `tab` is a part of the page. */
  show(tab?: string): void {
    this.#go('show', tab);
  }

  hide(): void {
    this.#go('hide');
  }

  /** The proxy is at another address, or anew at the old one: what is shown is loaded again, what is hidden is dropped. */
  reload(): void {
    this.#loaded = null;
    if (this.#state.shown) this.#load();
    else this.close();
  }

  /** The page's process is gone: a window that was open opens again with a new one, once in a while. */
  restart(): void {
    const again = this.#state.shown && this.#parts.now() - this.#restartedAt > RESTART_PAUSE_MS;
    this.close();
    if (!again) return;
    this.#restartedAt = this.#parts.now();
    this.show();
  }

  /** Lets go of the window and all that its page holds. */
  close(): void {
    clearTimeout(this.#unused);
    const window = this.#window;
    this.#window = null;
    this.#loaded = null;
    this.#state = HIDDEN;
    if (window && !window.isDestroyed()) window.destroy();
  }

  #go(event: ToggleEvent, tab?: string): void {
    const before = this.#state;
    this.#state = toggle(before, event, this.#parts.now());
    if (this.#state.shown) this.#reveal(tab);
    else if (before.shown) this.#conceal();
  }

  #reveal(tab?: string): void {
    clearTimeout(this.#unused);
    this.#window ??= this.#make();
    this.#load(tab);
    this.#window.setBounds(this.#parts.place(this.#icon));
    this.#window.show();
    this.#window.focus();
  }

  #conceal(): void {
    this.#window?.hide();
    clearTimeout(this.#unused);
    this.#unused = setTimeout(() => this.close(), UNUSED_MS);
    this.#unused.unref();
  }

  #make(): PopoverWindow {
    const window = this.#parts.open();
    window.on('blur', () => this.#go('blur'));
    window.on('closed', () => {
      if (this.#window !== window) return;
      this.#window = null;
      this.#loaded = null;
      this.#state = HIDDEN;
    });
    return window;
  }

  #load(tab?: string): void {
    const url = this.#parts.url();
    if (this.#loaded === url && tab === undefined) return;
    this.#loaded = url;
    this.#window?.loadURL(tab === undefined ? url : `${url}#${tab}`).catch((error: unknown) => {
      this.#loaded = null;
      this.#parts.log('the page was not loaded', error);
    });
  }
}

/** How the window is made: no frame, no place in the Dock, above others, on the space where the person is. */
export function windowOptions(platform: NodeJS.Platform, preload: string): BrowserWindowConstructorOptions {
  return {
    ...SIZE,
    show: false,
    frame: false,
    resizable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    skipTaskbar: true,
    alwaysOnTop: true,
    title: 'Toaster',
    // A panel takes the keyboard without making the app the active one.
    ...(platform === 'darwin' && {
      type: 'panel',
      vibrancy: 'popover' as const,
      visualEffectState: 'active' as const,
      hiddenInMissionControl: true,
    }),
    webPreferences: { preload },
  };
}
