import type { Notification as ElectronNotification } from 'electron';
import type { Notice } from './notices.ts';

export interface NotifierParts {
  Notification: typeof ElectronNotification;
  coolAll(): void;
  open(): void;
  log(what: string, error?: unknown): void;
}

/** Shows notices as the system's notifications; macOS shows them of signed apps only. */
export class Notifier {
  readonly #parts: NotifierParts;
  /** One that is collected as garbage does not hear its click. */
  #last: ElectronNotification | null = null;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  show(notice: Notice | null): void {
    const { Notification, coolAll, open, log } = this.#parts;
    if (notice === null) return;
    if (!Notification.isSupported()) {
      log(`a notification could not be shown: ${notice.title}. ${notice.body}`);
      return;
    }
    const { title, body, offersCooling } = notice;
    const actions = offersCooling ? [{ type: 'button' as const, text: 'Cool everything' }] : [];
    const notification = new Notification({ title, body, actions, silent: true });
    notification.on('action', coolAll);
    notification.on('click', open);
    notification.on('failed', (_event, error) => log('a notification was not shown', error));
    this.#last?.close();
    this.#last = notification;
    notification.show();
  }
}
