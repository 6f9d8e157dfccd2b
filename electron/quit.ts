import type { App } from 'electron';

export interface QuitParts {
  /** Drains what runs and ends what was started. */
  end(): Promise<void>;
  log(what: string, error?: unknown): void;
}

/** Quitting waits for the end of what runs. Whoever quits a second time meanwhile has waited enough. */
export function quitInOrder(app: Pick<App, 'on' | 'exit'>, { end, log }: QuitParts): void {
  let ending = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (ending) return app.exit(0);
    ending = true;
    end()
      .catch((error: unknown) => log('Toaster did not stop cleanly', error))
      .finally(() => app.exit(0));
  });
}
