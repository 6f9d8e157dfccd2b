import type { MessageBoxOptions } from 'electron';
import { VERSION } from '../proxy/version.ts';

/** What of electron-updater is used. */
export interface Updater {
  autoDownload: boolean;
  /** With a Mac's updater to be said before the download: it decides who keeps the file. */
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
}

export interface UpdateParts {
  /** Whether this app can be updated at all: it was packed with an address for that, and signed. */
  possible(): Promise<boolean>;
  /** Whether the person wants updates to be looked for. */
  wanted(): boolean;
  /** Loads electron-updater. Only called when both are so. */
  load(): Promise<Updater>;
  /** Shows a question; the number of the button. */
  ask(question: MessageBoxOptions): Promise<number>;
  /** Calls again and again, until the app ends. */
  every(ms: number, call: () => void): void;
  log(what: string, error?: unknown): void;
}

const DAY_MS = 86_400_000;

/** Looks for a newer Toaster once the person wants that, and fetches it once they say so. Before, nothing is loaded or asked. */
export class Updates {
  readonly #parts: UpdateParts;
  /** Looks, or asks, or has fetched one that waits for the end: until then there is nothing else to look for. */
  #busy = false;
  #said = 'Not looked for yet';
  /** The version that the person does not want now; it is offered again after the next start. */
  #declined: string | null = null;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
  }

  /** What is known, in words; null where this app can have no updates. */
  async state(): Promise<string | null> {
    if (!(await this.#parts.possible())) return null;
    return this.#parts.wanted() ? this.#said : 'Nothing is asked of any server';
  }

  /** Looks now, and once a day. */
  start(): Promise<void> {
    this.#parts.every(DAY_MS, () => void this.look());
    return this.look();
  }

  /**
   * Looks, if that is possible and wanted. Done when the answer is known; what there is, is offered afterwards, and what was
   * declined only when the person asked for this look. Never rejects.
   */
  async look(byHand = false): Promise<void> {
    const { possible, wanted, load, log } = this.#parts;
    if (this.#busy || !wanted() || !(await possible())) return;
    this.#busy = true;
    try {
      const updater = await load();
      updater.autoDownload = false;
      updater.autoInstallOnAppQuit = false;
      const found = await updater.checkForUpdates();
      if (found?.isUpdateAvailable) {
        this.#said = `Toaster ${found.updateInfo.version} is there`;
        // The window is not to wait for an answer to the question.
        void this.#offer(updater, found.updateInfo.version, byHand).then((fetched) => {
          this.#busy = fetched;
        });
        return;
      }
      this.#said = `${VERSION} is the newest`;
    } catch (error) {
      this.#said = `They could not be looked for: ${firstLine(error)}`;
      log('updates could not be looked for', error);
    }
    this.#busy = false;
  }

  /** Whether it has been fetched. Never rejects. */
  async #offer(updater: Updater, version: string, byHand: boolean): Promise<boolean> {
    const { ask, log } = this.#parts;
    if (version === this.#declined && !byHand) return false;
    try {
      if ((await ask(downloadQuestion(version))) !== 0) {
        this.#declined = version;
        return false;
      }
      this.#said = `Toaster ${version} is being fetched`;
      updater.autoInstallOnAppQuit = true;
      await updater.downloadUpdate();
      this.#said = `Toaster ${version} is installed when this one quits`;
      if ((await ask(restartQuestion(version))) === 0) updater.quitAndInstall();
      return true;
    } catch (error) {
      this.#said = `Toaster ${version} could not be fetched: ${firstLine(error)}`;
      log(`the update to ${version} failed`, error);
      await ask(failure(version, firstLine(error))).catch((reason: unknown) =>
        log('nor could that be told', reason),
      );
      return false;
    }
  }
}

const downloadQuestion = (version: string): MessageBoxOptions => ({
  type: 'question',
  message: `Toaster ${version} is there`,
  detail: `This is ${VERSION}. The new one is fetched now, and takes the place of this one when it quits.`,
  buttons: ['Download', 'Later'],
  defaultId: 0,
  cancelId: 1,
  noLink: true,
});

const restartQuestion = (version: string): MessageBoxOptions => ({
  type: 'question',
  message: `Toaster ${version} is fetched`,
  detail: 'Answers under way have five seconds when Toaster starts again.',
  buttons: ['Start again now', 'When Toaster quits'],
  defaultId: 0,
  cancelId: 1,
  noLink: true,
});

const failure = (version: string, why: string): MessageBoxOptions => ({
  type: 'warning',
  message: `Toaster ${version} could not be fetched`,
  detail: `${why}\n\nThis one goes on as before. It is offered again after the next start, or when it is looked for the next time.`,
  buttons: ['OK'],
});

/** Errors of electron-updater have the server's whole answer below. */
function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, 200);
}
