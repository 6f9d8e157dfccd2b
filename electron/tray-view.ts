import type { NativeImage, Tray } from 'electron';
import type { Glance, IconName } from './glance.ts';

/** What is used of a tray. Linux has no title. */
export type TrayPort = Pick<Tray, 'setImage' | 'setToolTip'> & Partial<Pick<Tray, 'setTitle'>>;

/** Shows a glance, and touches the menu bar only where something changed: each call is work for the system. */
export class TrayView {
  readonly #tray: TrayPort;
  readonly #icons: Record<IconName, NativeImage>;
  #shown: Glance;

  /** `tray` was made with the icon `idle`. */
  constructor(tray: TrayPort, icons: Record<IconName, NativeImage>) {
    this.#tray = tray;
    this.#icons = icons;
    this.#shown = { icon: 'idle', title: '', tooltip: '' };
  }

  show(glance: Glance): void {
    const before = this.#shown;
    this.#shown = glance;
    if (glance.icon !== before.icon) this.#tray.setImage(this.#icons[glance.icon]);
    if (glance.tooltip !== before.tooltip) this.#tray.setToolTip(glance.tooltip);
    // Digits of one width, so that the icons beside it do not dance.
    if (glance.title !== before.title) this.#tray.setTitle?.(glance.title, { fontType: 'monospacedDigit' });
  }
}
